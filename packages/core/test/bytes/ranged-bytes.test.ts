import { expect, it } from 'vitest';
import { rangedBytes } from '../../src/wire/ranged-bytes.js';

it('whoever waits for a stream hears of it when the reading is over, however many wait', async () => {
  const stop = new AbortController();
  const silent = async function* () {
    await new Promise<never>((_, reject) => stop.signal.addEventListener('abort', () => reject(stop.signal.reason)));
    yield new Uint8Array(1);
  };
  const bytes = rangedBytes({
    ...{ name: 'clip', size: 4, fingerprint: 'f', seekable: true, streams: 1, idleTimeoutMs: 5_000 },
    ...{ signal: stop.signal, openAt: async () => silent(), look: async () => ({ size: 4, fingerprint: 'f' }) },
  });
  const reads = [0, 1, 2].map((position) => bytes.read(new Uint8Array(1), position));
  stop.abort();
  const ends = await Promise.allSettled(reads);
  expect(ends.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  await bytes.close();
});
