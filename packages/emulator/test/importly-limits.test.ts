import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { call, emulate, finish, sample, start } from './support.js';

const HOUR_MS = 3_600_000;

describe('Importly’s rate limits', () => {
  it('are told in the headers of all answers', async () => {
    const emulator = await emulate();
    const before = Date.now();
    const { headers } = await call(emulator, '/import', { body: { url: sample(emulator) } });
    expect(headers.get('x-ratelimit-limit')).toBe('240');
    expect(headers.get('x-ratelimit-remaining')).toBe('239');
    expect(headers.get('x-ratelimit-window')).toBe('1 h');
    const reset = Number(headers.get('x-ratelimit-reset')) * 1000;
    expect(reset).toBeGreaterThanOrEqual(before + HOUR_MS - 1000);
    expect(reset).toBeLessThanOrEqual(Date.now() + HOUR_MS + 1000);
    const unauthorized = await call(emulator, '/import/status?id=x', { key: 'wrong' });
    expect(unauthorized.headers.get('x-ratelimit-limit')).toBe('3600');
    const metadata = await call(emulator, `/metadata?url=${sample(emulator)}`);
    expect(metadata.headers.get('x-ratelimit-limit')).toBe('1000');
  });

  it('refuse beyond the count, in a window that slides', async () => {
    const limits = { starts: { max: 2, windowMs: HOUR_MS }, concurrentImports: 100 };
    const emulator = await emulate({ importly: { limits } });
    const body = { url: sample(emulator) };
    const status = async () => (await call(emulator, '/import', { body })).status;
    expect(await status()).toBe(200);
    emulator.clock.advance(HOUR_MS / 2);
    expect(await status()).toBe(200);
    expect(await status()).toBe(429);
    emulator.clock.advance(HOUR_MS / 2);
    expect(await status()).toBe(200);
    expect(await status()).toBe(429);
    expect(emulator.importly.counts()).toMatchObject({
      starts: 5,
      startsAccepted: 3,
      refused429: 2,
      perWindowPeak: { starts: 4, statuses: 0, metadata: 0 },
    });
  });

  it('answer 429 with the body of the page, times by the caller’s clock', async () => {
    const limits = { starts: { max: 1, windowMs: HOUR_MS } };
    const emulator = await emulate({ speed: 60, importly: { limits, resetHeaderUnit: 'ms' } });
    const body = { url: sample(emulator) };
    await call(emulator, '/import', { body });
    const { json, headers, status } = await call(emulator, '/import', { body });
    expect(status).toBe(429);
    expect(json).toEqual({
      success: false,
      error: 'Rate limit exceeded. Limit: 1 requests per 1 h',
      limit: 1,
      remaining: 0,
      reset: expect.any(Number),
      retryAfter: expect.any(Number),
      endpoint: '/import',
    });
    const { retryAfter, reset } = z.object({ retryAfter: z.number(), reset: z.number() }).parse(json);
    // An hour of the provider's is a minute of ours.
    expect(retryAfter).toBeGreaterThan(50);
    expect(retryAfter).toBeLessThanOrEqual(60);
    expect(Math.abs(reset - Date.now() - 60_000)).toBeLessThan(10_000);
    expect(Math.abs(Number(headers.get('x-ratelimit-reset')) - reset)).toBeLessThan(1000);
  });

  it('count status requests and metadata requests apart', async () => {
    const window = { max: 1, windowMs: 250 };
    const emulator = await emulate({ importly: { limits: { statuses: window, metadata: window } } });
    const url = sample(emulator);
    const paths = [
      '/import/status?id=x',
      '/metadata/status?id=x',
      `/metadata?url=${url}`,
      `/metadata/basic?url=${url}`,
    ];
    const statuses: number[] = [];
    for (const path of paths) statuses.push((await call(emulator, path)).status);
    expect(statuses).toEqual([404, 429, 200, 429]);
    const { json, headers } = await call(emulator, `/metadata/basic?url=${url}`);
    expect(json).toMatchObject({ endpoint: '/metadata/basic', retryAfter: 1 });
    expect(headers.get('x-ratelimit-window')).toBe('250 ms');
  });

  it('let two imports run at once, and say so to the third', async () => {
    const emulator = await emulate({ importly: { runningMs: HOUR_MS } });
    const body = { url: sample(emulator) };
    const answers = await Promise.all([1, 2, 3].map(() => call(emulator, '/import', { body })));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 200, 429]);
    const refused = answers.find(({ status }) => status === 429);
    expect(refused?.json).toEqual({
      success: false,
      error: 'Concurrent request limit reached. Limit: 2 concurrent requests',
      concurrentLimit: 2,
      currentConcurrent: 2,
      endpoint: '/import',
    });
    expect(emulator.importly.counts()).toMatchObject({ peakConcurrent: 2, refused429: 1, startsAccepted: 2 });
    emulator.clock.advance(HOUR_MS);
    const [first] = answers.filter(({ status }) => status === 200);
    await finish(emulator, String(first?.data.jobId));
    await start(emulator, body);
  });

  it('are gone in the fast lane, and so are their headers', async () => {
    const emulator = await emulate({ importly: { limits: 'none', runningMs: HOUR_MS } });
    for (let count = 0; count < 10; count += 1) await start(emulator, { url: sample(emulator) });
    const { headers } = await call(emulator, '/import/status?id=x');
    expect([...headers.keys()].filter((name) => name.startsWith('x-ratelimit'))).toEqual([]);
    expect(emulator.importly.counts().peakConcurrent).toBe(10);
  });
});
