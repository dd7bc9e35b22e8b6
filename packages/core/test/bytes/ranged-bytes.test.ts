import { expect, it } from 'vitest';
import { type RangedSource, rangedBytes } from '../../src/wire/ranged-bytes.js';

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

/** Eight bytes where four were told, in chunks of two; `open` streams have not ended yet. */
function longer() {
  const seen = { open: 0 };
  const stream = async function* () {
    try {
      for (let chunk = 0; chunk < 4; chunk += 1) yield new Uint8Array(2);
    } finally {
      seen.open -= 1;
    }
  };
  const source: RangedSource = {
    ...{ name: 'clip', size: 4, fingerprint: 'f', seekable: true, idleTimeoutMs: 5_000 },
    ...{ signal: new AbortController().signal, look: async () => ({ size: 4, fingerprint: 'f' }) },
    openAt: async () => {
      seen.open += 1;
      return stream();
    },
  };
  return { bytes: rangedBytes(source), seen };
}

it('a stream that goes on after the size that was told is ended', async () => {
  const { bytes, seen } = longer();
  await expect(bytes.read(new Uint8Array(4), 0)).rejects.toMatchObject({ code: 'integrity' });
  await expect.poll(() => seen.open).toBe(0);
});

it('a read that is under way while the reading is ended takes the rest for none of its business, and leaves no stream open', async () => {
  const { bytes, seen } = longer();
  const reading = bytes.read(new Uint8Array(2), 0);
  await bytes.close();
  await expect(reading).resolves.toBe(2);
  await expect.poll(() => seen.open).toBe(0);
});
