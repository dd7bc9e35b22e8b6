import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { lazily } from '../../figures/statistics.js';
import { type Part, partsOf, type Sending } from '../sending.js';

/** Half a megabyte at a time, eight times Node's own: what suits every client here best. */
const highWaterMark = 512 * 1024;

/** A part as the body of a fetch. Its length is said: a store takes nothing chunked. */
export function partBody(file: string, { from, to }: Part) {
  const stream = createReadStream(file, { start: from, end: to - 1, highWaterMark });
  return {
    body: Readable.toWeb(stream),
    headers: { 'content-length': String(to - from) },
    duplex: 'half' as const,
    // Otherwise Node's fetch keeps a copy of all that it sends, to send it again.
    redirect: 'error' as const,
  };
}

/** Sends all parts, so many at once. */
export async function sendEach(sending: Sending, send: (part: Part) => Promise<unknown>): Promise<void> {
  const parts = partsOf(sending);
  await lazily({ count: parts.length, concurrency: sending.inFlight }, async (index) => {
    const part = parts[index];
    if (part !== undefined) await send(part);
  });
}
