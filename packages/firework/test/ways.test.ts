import { createSluice } from '@sluice/core';
import { afterEach, describe, expect, test } from 'vitest';
import { type FireworkSettings, firework } from '../src/index.js';
import { leastPartBytes, mostParts, planParts, waysOf } from '../src/ways.js';
import { channelId, credentials, fileOf, mebibyte } from './play.js';

/** The page says "5 MB" and "5,242,880 bytes" of the same rule, and its formula leaves open which MB it counts in. */
const megabytes = [1_000_000, mebibyte];

/** Sizes around every bound that is written down, and many in between, always the same ones. */
function sizes(): number[] {
  const bounds = [25_600, 100_000_000, 500_000_000, 100 * leastPartBytes, 100 * 8 * mebibyte, 5_000_000_000];
  const multiples = Array.from({ length: 110 }, (_, index) => (index + 1) * leastPartBytes);
  const between: number[] = [];
  for (let size = 25_600, seed = 1; size < 5 * 1024 ** 3; size = Math.floor(size * (1 + seed / 2 ** 33))) {
    between.push(size);
    seed = (seed * 1_664_525 + 1_013_904_223) % 2 ** 32;
  }
  const exact = [...bounds, ...multiples].flatMap((size) => [size - 1, size, size + 1]);
  return [...exact, ...between].filter((size) => size >= 25_599 && size <= 5 * 1024 ** 3);
}

describe('a file in parts, whatever its size', () => {
  const plans = sizes().map((size) => {
    const { count, partSize } = planParts(size);
    return { size, count, partSize, last: size - (count - 1) * partSize };
  });

  test('has as many parts as Firework is asked to sign, at most 100', () => {
    expect(plans.length).toBeGreaterThan(350);
    for (const { size, count, partSize } of plans) {
      expect(Math.ceil(size / partSize), `${size}`).toBe(count);
      expect(count, `${size}`).toBeLessThanOrEqual(mostParts);
      expect(count, `${size}`).toBeGreaterThanOrEqual(1);
    }
  });

  test('has parts of at least 5,242,880 bytes, but for the last, which is never empty and never the largest', () => {
    for (const { size, count, partSize, last } of plans) {
      if (count > 1) expect(partSize, `${size}`).toBeGreaterThanOrEqual(leastPartBytes);
      expect(last, `${size}`).toBeGreaterThan(0);
      expect(last, `${size}`).toBeLessThanOrEqual(partSize);
    }
  });

  test.each(megabytes)('has no more parts than the formula allows, with a MB of %i bytes', (megabyte) => {
    for (const { size, count } of plans) {
      expect(count, `${size}`).toBeLessThanOrEqual(Math.max(1, Math.floor(size / megabyte / 5)));
    }
  });
});

describe('which way a file goes, as a plan shows it', () => {
  const closers: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0)) await close();
  });

  async function plan(size: number, { upload, ...settings }: { upload?: 'file' } & Partial<FireworkSettings> = {}) {
    const sluice = createSluice({ providers: { shop: firework({ ...credentials, channelId, ...settings }) } });
    closers.push(() => sluice.close());
    const options = upload === undefined ? {} : { options: { firework: { upload } } };
    return sluice.plan({ source: fileOf('/videos/film.mov', size), ...options });
  }

  test.each([
    [25_600, 'single'],
    [99_999_999, 'single'],
    [100_000_000, 'multipart'],
    [20 * leastPartBytes, 'multipart'],
    [20 * leastPartBytes + 1, 'multipart'],
    [5_000_000_000, 'multipart'],
  ])('%i bytes: %s', async (size, name) => {
    const { route, problems } = await plan(size);
    expect(problems).toEqual([]);
    expect(route).toMatchObject({ way: { name }, why: expect.stringContaining(`"${name}"`) });
  });

  test.each([25_599, 5_000_000_001])('%i bytes are refused, with the rule', async (size) => {
    const { route, problems } = await plan(size);
    expect(route).toBeUndefined();
    expect(problems).toMatchObject([
      { severity: 'error', message: expect.stringContaining('from 25,600 to 5,000,000,000 bytes') },
    ]);
  });

  test('the file goes with the creation only on request, whatever its size', async () => {
    for (const size of [25_600, 100_000_000, 5_000_000_000]) {
      expect((await plan(size, { upload: 'file' })).route?.way?.name).toBe('file');
    }
  });

  test('settings widen the bounds and move the threshold', async () => {
    const bounds = { minBytes: 25_000, maxBytes: 5 * 1024 ** 3 };
    expect((await plan(25_000, { bounds })).route?.way?.name).toBe('single');
    expect((await plan(5 * 1024 ** 3, { bounds })).route?.way?.name).toBe('multipart');
    expect((await plan(6_000_000, { multipartFromBytes: 6_000_000 })).route?.way?.name).toBe('multipart');
  });

  test('a threshold outside of the bounds leaves one way for all', () => {
    const bounds = { minBytes: 25_600, maxBytes: 50_000_000 };
    expect(waysOf({ bounds, multipartFromBytes: 100_000_000 }).map(({ name }) => name)).toEqual(['single', 'file']);
    expect(waysOf({ bounds, multipartFromBytes: 20_000 }).map(({ name }) => name)).toEqual(['multipart', 'file']);
  });
});
