/** What tells whether bytes are still the same. */
export interface BytesState {
  /** Bytes. */
  size: number;
  /** Changes whenever the content may have: size and time of last change of a file, an ETag, a digest. */
  fingerprint: string;
}

/** Bytes that were opened: read at any position, as often as needed. */
export interface OpenBytes extends Readonly<BytesState> {
  /** False for a stream: it is read once, in order, one part at a time. */
  readonly seekable: boolean;
  /** True for what comes over a network: reading in several places at once would fetch bytes that nobody takes, or fetch them twice. */
  readonly far?: boolean;
  /**
   * Fills the head of `target` with what stands at `position`.
   * @returns how many bytes were read; 0 at the end, fewer than asked only right before it
   */
  read(target: Uint8Array, position: number): Promise<number>;
  /** How the source stands now: held against `size` and `fingerprint` before anything is made of what was read. */
  look(): Promise<BytesState>;
  close(): Promise<void>;
}

/** Bytes that only this process can open: a stream, a blob, a buffer. After a restart the same must be handed over again. */
export interface ByteInput {
  kind: 'bytes';
  name?: string;
  /** Bytes. */
  size?: number;
  /** True for what can be opened again and again, at no cost; false for what can be opened only once. */
  seekable?: boolean;
  open(): Promise<OpenBytes>;
}
