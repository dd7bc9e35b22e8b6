/** One request over http(s), without following where it redirects. */
export type SourceFetch = (request: {
  method: 'HEAD' | 'GET';
  /** Without credentials. */
  url: string;
  headers: Record<string, string>;
  /** Ends the connection until there is an answer; afterwards `discard` does. */
  signal: AbortSignal;
}) => Promise<SourceAnswer>;

/** An answer, whose body is read as it comes or not at all. */
export interface SourceAnswer {
  status: number;
  /** A header's value, by its name in any case. */
  header(name: string): string | undefined;
  /** Undefined where there is none. The memory of a chunk may be used again once the next one is asked for. */
  body: AsyncIterable<Uint8Array> | undefined;
  /** Ends the connection where the body was not read to its end. */
  discard(): void;
}
