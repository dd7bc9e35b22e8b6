/** The head of an HTTP/1 answer. */
export interface AnswerHead {
  status: number;
  /** By name in lower case; several of one name are joined as the standard says. */
  headers: Map<string, string>;
}

const longestHead = 64 * 1024;

/** The text of an answer is none that this reader knows. */
export class UnreadableAnswer extends Error {}

/**
 * Reads a head, and passes over those that only announce (1xx).
 * @param next gives what came, in memory that its next call uses again
 * @returns the head, and what came after it in the same memory
 * @throws UnreadableAnswer
 */
export async function readHead(
  next: () => Promise<Uint8Array | undefined>,
): Promise<{ head: AnswerHead; rest: Uint8Array }> {
  let text = Buffer.alloc(0);
  for (;;) {
    const end = text.indexOf('\r\n\r\n');
    if (end >= 0) {
      const head = parseHead(text.toString('latin1', 0, end));
      text = text.subarray(end + 4);
      if (head.status >= 200) return { head, rest: text };
      continue;
    }
    if (text.byteLength > longestHead) throw new UnreadableAnswer('the head of the answer has no end');
    const chunk = await next();
    if (chunk === undefined) throw new Error('the connection was closed before an answer came');
    text = Buffer.concat([text, chunk]);
  }
}

function parseHead(text: string): AnswerHead {
  const [first = '', ...lines] = text.split('\r\n');
  const status = Number(/^HTTP\/1\.[01] (\d{3})(?: |$)/.exec(first)?.[1] ?? Number.NaN);
  if (Number.isNaN(status)) throw new UnreadableAnswer('the answer is no HTTP/1');
  const headers = new Map<string, string>();
  for (const line of lines) {
    const [, name = '', value = ''] = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*(.*?)[ \t]*$/.exec(line) ?? [];
    if (name === '') throw new UnreadableAnswer('a header of the answer cannot be read');
    const known = headers.get(name.toLowerCase());
    headers.set(name.toLowerCase(), known === undefined ? value : `${known}, ${value}`);
  }
  return { status, headers };
}
