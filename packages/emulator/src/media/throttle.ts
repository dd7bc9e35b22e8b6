import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';

/** How often a second a throttled body gives something, so that it flows rather than jerks. */
const SHARES_PER_SECOND = 20;

/** The same bytes, at most `bytesPerSecond` of them in a real second. */
export function throttle(bytes: Readable, bytesPerSecond: number): Readable {
  return Readable.from(throttled(bytes, bytesPerSecond), { objectMode: false });
}

/** The same for bytes that are no stream. */
export async function* throttled(bytes: AsyncIterable<Buffer>, bytesPerSecond: number): AsyncGenerator<Buffer> {
  const share = Math.max(1, Math.floor(bytesPerSecond / SHARES_PER_SECOND));
  const startedAt = performance.now();
  let passed = 0;
  for await (const chunk of bytes) {
    for (let offset = 0; offset < chunk.length; offset += share) {
      const part = chunk.subarray(offset, offset + share);
      passed += part.length;
      const early = startedAt + (passed / bytesPerSecond) * 1000 - performance.now();
      // Without a reference: a reader that goes away must not keep the process for the rest of the wait.
      if (early > 0) await delay(early, undefined, { ref: false });
      yield part;
    }
  }
}
