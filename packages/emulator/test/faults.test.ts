import { describe, expect, it } from 'vitest';
import { Faults } from '../src/faults/faults.js';
import type { Emulator, FaultRule } from '../src/index.js';
import { call, curl, emulate, finish, sample, start } from './support.js';

/** What a client sees of a start: the status and whether its body is JSON, or the reason why there is none. */
async function tryStart(emulator: Emulator): Promise<string> {
  const { baseUrl, apiKey } = emulator.importly;
  try {
    const response = await fetch(`${baseUrl}/import`, {
      method: 'POST',
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ url: sample(emulator) }),
    });
    const text = await response.text();
    return `${response.status} ${text.startsWith('{') ? 'json' : 'no json'}`;
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    return cause instanceof Error && 'code' in cause ? String(cause.code) : String(error);
  }
}

describe('faults of a start', () => {
  const cases: [FaultRule['kind'], string, 'accepted' | 'not accepted'][] = [
    ['rate-limit', '429 json', 'not accepted'],
    ['concurrency', '429 json', 'not accepted'],
    ['not-found', '404 json', 'not accepted'],
    ['error-500-before', '500 json', 'not accepted'],
    ['error-500-after', '500 json', 'accepted'],
    ['error-502', '502 no json', 'not accepted'],
    ['error-503', '503 no json', 'not accepted'],
    ['error-504', '504 no json', 'accepted'],
    ['reset-before', 'ECONNRESET', 'not accepted'],
    ['reset-after', 'ECONNRESET', 'accepted'],
    ['lost-answer', 'UND_ERR_SOCKET', 'accepted'],
    ['not-json', '200 no json', 'accepted'],
    ['cut-body', 'UND_ERR_SOCKET', 'accepted'],
  ];

  it.each(cases)('%s: the client sees %s, the import is %s', async (kind, seen, outcome) => {
    const emulator = await emulate({ faults: [{ on: 'start', kind, times: 1 }] });
    expect(await tryStart(emulator)).toBe(seen);
    expect(emulator.importly.imports()).toHaveLength(outcome === 'accepted' ? 1 : 0);
    expect(emulator.faults.fired()).toEqual([{ rule: { on: 'start', kind, times: 1 }, fired: 1 }]);
    expect(await tryStart(emulator)).toBe('200 json');
    expect(emulator.importly.counts()).toMatchObject({ starts: 2, refused429: 0 });
  });

  it('may strike before or after the acceptance as the rule says', async () => {
    const emulator = await emulate({
      faults: [
        { on: 'start', kind: 'error-502', accepted: true, times: 1 },
        { on: 'start', kind: 'lost-answer', accepted: false, times: 1 },
        { on: 'start', kind: 'rate-limit', accepted: true, times: 1 },
      ],
    });
    expect(await tryStart(emulator)).toBe('UND_ERR_SOCKET');
    expect(emulator.importly.imports()).toHaveLength(0);
    expect(await tryStart(emulator)).toBe('502 no json');
    expect(emulator.importly.imports()).toHaveLength(1);
    expect(await tryStart(emulator)).toBe('429 json');
    expect(emulator.importly.imports()).toHaveLength(2);
  });

  it('look to curl like the real thing', async () => {
    const emulator = await emulate();
    const { baseUrl, apiKey } = emulator.importly;
    const status = ['-H', `Authorization: Bearer ${apiKey}`, `${baseUrl}/import/status?id=`];
    const id = await start(emulator, { url: sample(emulator) });
    const exitCode = async (kind: FaultRule['kind']) => {
      emulator.faults.clear();
      emulator.faults.add({ on: 'status', kind });
      const address = status.with(-1, `${baseUrl}/import/status?id=${id}`);
      return curl(...address).then(
        () => 0,
        (error: { code: number }) => error.code,
      );
    };
    // 56: receive failure; 52: nothing came back; 18: partial file.
    expect(await exitCode('reset-before')).toBe(56);
    expect(await exitCode('lost-answer')).toBe(52);
    expect(await exitCode('cut-body')).toBe(18);
    expect(await exitCode('not-json')).toBe(0);
  });

  it('an “after” kind spares a start that was refused, and is not used up by it', async () => {
    const emulator = await emulate({ faults: [{ on: 'start', kind: 'reset-after', times: 1 }] });
    expect((await call(emulator, '/import', { body: {} })).status).toBe(400);
    expect(emulator.faults.fired()).toMatchObject([{ fired: 0 }]);
    expect(await tryStart(emulator)).toBe('ECONNRESET');
  });

  it('latency delays in real time, and goes with another fault', async () => {
    const emulator = await emulate({
      speed: 1000,
      faults: [
        { on: 'start', kind: 'latency', latencyMs: 60 },
        { on: 'start', kind: 'error-502', times: 1 },
      ],
    });
    const before = performance.now();
    expect(await tryStart(emulator)).toBe('502 no json');
    expect(performance.now() - before).toBeGreaterThanOrEqual(55);
  });
});

describe('faults elsewhere', () => {
  it('of a status only, of one job only', async () => {
    const emulator = await emulate();
    const [hit, spared] = [
      await start(emulator, { url: sample(emulator) }),
      await start(emulator, { url: sample(emulator, 'tall.mp4') }),
    ];
    emulator.faults.add({ on: 'status', kind: 'error-500-before', match: hit });
    expect((await call(emulator, `/import/status?id=${hit}`)).status).toBe(500);
    expect((await call(emulator, `/import/status?id=${spared}`)).status).toBe(200);
  });

  it('of metadata', async () => {
    const emulator = await emulate({ faults: [{ on: 'metadata', kind: 'concurrency' }] });
    const { status, json } = await call(emulator, `/metadata?url=${sample(emulator)}`);
    expect(status).toBe(429);
    expect(json).toMatchObject({ concurrentLimit: 5, endpoint: '/metadata' });
  });

  it.each([
    ['reset-before', 'the connection was reset'],
    ['cut-body', 'the source broke off'],
  ] as const)('of a download: %s makes the job fail', async (kind, reason) => {
    const emulator = await emulate({ faults: [{ on: 'download', kind, match: 'tall' }] });
    const run = async (name: string) => finish(emulator, await start(emulator, { url: sample(emulator, name) }));
    expect(await run('tall.mp4')).toMatchObject({
      status: 'failed',
      message: `Failed to download media from URL: ${reason}`,
    });
    expect(await run('sample.mp4')).toMatchObject({ status: 'completed' });
  });

  it('of a download: stall leaves the job running for ever', async () => {
    const emulator = await emulate({ faults: [{ on: 'download', kind: 'stall' }] });
    const id = await start(emulator, { url: sample(emulator) });
    await expect.poll(async () => (await call(emulator, `/import/status?id=${id}`)).data.status).toBe('running');
    emulator.clock.advance(365 * 24 * 3_600_000);
    expect((await call(emulator, `/import/status?id=${id}`)).data.status).toBe('running');
  });
});

describe('fault rules', () => {
  const draws = (rule: FaultRule, count: number) => {
    const faults = new Faults([rule]);
    return Array.from({ length: count }, () => (faults.draw('status', 'before', 'subject').rule ? 'x' : '.')).join('');
  };

  it('strike as often as they say, after those they skip', () => {
    expect(draws({ on: 'status', kind: 'error-502', times: 2, skip: 3 }, 8)).toBe('...xx...');
  });

  it('strike at random, the same for the same seed', () => {
    const rule: FaultRule = { on: 'status', kind: 'error-502', probability: 0.1, seed: 7 };
    const drawn = draws(rule, 1000);
    expect(draws(rule, 1000)).toBe(drawn);
    expect(draws({ ...rule, seed: 8 }, 1000)).not.toBe(drawn);
    const struck = drawn.replaceAll('.', '').length;
    expect(struck).toBeGreaterThan(70);
    expect(struck).toBeLessThan(130);
  });

  it('are refused where they make no sense', () => {
    const faults = new Faults();
    expect(() => faults.add({ on: 'store', kind: 'rate-limit' })).toThrow('no such fault on store: rate-limit');
    expect(() => faults.add({ on: 'start', kind: 'stall' })).toThrow('no such fault on start: stall');
    expect(() => faults.add({ on: 'start', kind: 'latency', probability: 2 })).toThrow('probability');
    expect(faults.fired()).toEqual([]);
  });

  it('end when they are cleared, and what they struck is remembered', () => {
    const faults = new Faults([{ on: 'status', kind: 'error-502' }]);
    faults.draw('status', 'before', '');
    faults.clear();
    expect(faults.draw('status', 'before', '').rule).toBeUndefined();
    expect(faults.fired()).toMatchObject([{ fired: 1 }]);
  });
});
