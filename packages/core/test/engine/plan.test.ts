import { describe, expect, it } from 'vitest';
import type { AdapterMembers, ProbeStep } from '../../src/model/adapter.js';
import { memoryStore } from '../../src/store/memory.js';
import type { AcmeScript } from '../support/acme.js';
import { makeClient, source } from '../support/client.js';
import { counted } from '../support/stores.js';

/** A provider that probes in so many looks, and counts how many probes it has at once. */
function prober(looks: number) {
  const seen = { starts: 0, looks: 0, now: 0, most: 0 };
  const result: ProbeStep = { result: { title: 'A clip', size: 1_234, cost: { amount: 3, unit: 'credits' } } };
  const probe: NonNullable<AdapterMembers['probe']> = {
    start: async () => {
      seen.starts += 1;
      seen.now += 1;
      seen.most = Math.max(seen.most, seen.now);
      return { ref: looks, againMs: 1_000 };
    },
    status: async (ref) => {
      seen.looks += 1;
      if (ref === 1) seen.now -= 1;
      return ref === 1 ? result : { ref: Number(ref) - 1, againMs: 1_000 };
    },
  };
  return { probe, seen };
}

function planner(script: AcmeScript) {
  const { store, total } = counted(memoryStore());
  const members = { start: () => expect.fail('started'), status: () => expect.fail('looked at'), ...script.members };
  return { ...makeClient({ ...script, members }, { store }), storeCalls: total };
}

describe('a plan', () => {
  it('says what would happen, and neither saves nor sends anything', async () => {
    const { sluice, storeCalls } = planner({ capabilities: { checks: ['sha256'] } });
    const plan = await sluice.plan({
      source: 'https://ann:pw-1234@media.example/a/clip.mp4?sig=x',
      expect: { size: 7, sha256: 'a'.repeat(64) },
      ifExists: 'skip',
    });
    expect(plan).toEqual({
      provider: 'acme',
      adapter: 'nova',
      name: 'a/clip.mp4',
      source: 'https://media.example/a/clip.mp4?…',
      lane: 'all',
      route: { kind: 'direct', why: 'nova fetches https URLs itself', traffic: 'none' },
      traffic: { in: 0, out: 0 },
      checks: { size: 'before', sha256: 'after' },
      problems: [{ severity: 'warning', field: 'ifExists', message: 'nova has no such thing: it is left out' }],
      size: 7,
    });
    expect(storeCalls()).toBe(0);
  });

  it('of what cannot be done has no route and says why', async () => {
    const { sluice } = planner({});
    const plan = await sluice.plan({ source: 's3://bucket/key', expect: { size: 7 } });
    expect(plan.route).toBeUndefined();
    expect(plan.checks.size).toBe('unchecked');
    expect(plan.problems).toMatchObject([{ severity: 'error', field: 'source' }]);
  });
});

describe('a probe', () => {
  it('asks until the provider has its result', async () => {
    const { probe, seen } = prober(4);
    const { sluice, clock } = planner({ members: { probe } });
    const plan = await clock.run(sluice.plan({ source }, { probe: true }));
    expect(plan).toMatchObject({ size: 1_234, probe: { title: 'A clip', cost: { amount: 3, unit: 'credits' } } });
    expect(seen).toMatchObject({ starts: 1, looks: 4 });
  });

  it('keeps to the limits for probes, and gives its place back', async () => {
    const { probe, seen } = prober(3);
    const limits = { probesAtOnce: 2, probes: { max: 4, windowMs: 60_000 } };
    const { sluice, clock } = planner({ members: { probe }, capabilities: { limits } });
    const began = clock.now();
    const plans = Array.from({ length: 8 }, () => sluice.plan({ source }, { probe: true }));
    expect(await clock.run(Promise.all(plans))).toHaveLength(8);
    expect(seen).toMatchObject({ starts: 8, most: 2, now: 0 });
    expect(clock.now() - began).toBeGreaterThanOrEqual(60_000);
  });

  it('that never ends is a warning after ten minutes', async () => {
    const probe = { start: async () => ({ ref: 1, againMs: 5_000 }), status: async () => ({ ref: 1, againMs: 5_000 }) };
    const { sluice, clock } = planner({ members: { probe } });
    const plan = await clock.run(sluice.plan({ source }, { probe: true }));
    expect(plan.problems).toEqual([
      { severity: 'warning', field: 'probe', message: 'acme: the probe did not end within 10 min' },
    ]);
  });

  it.each(['aborted', 'closed'])('that is %s ends at once, and leaves no timer', async (how) => {
    const { probe } = prober(1_000);
    const { sluice, clock } = planner({ members: { probe } });
    const stop = new AbortController();
    const planned = sluice.plan({ source }, { probe: true, signal: stop.signal }).catch((error: unknown) => error);
    await clock.advance(2_500);
    if (how === 'aborted') stop.abort();
    else await sluice.close();
    expect(await planned).toMatchObject({ code: 'aborted' });
    expect(clock.sleeping).toBe(0);
  });

  it('that the adapter cannot make is none', async () => {
    const { sluice } = planner({});
    expect((await sluice.plan({ source }, { probe: true })).probe).toBeUndefined();
  });
});
