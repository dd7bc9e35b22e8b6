import { describe, expect, it } from 'vitest';
import { createSluice } from '../../src/engine/create.js';
import type { AdapterMembers } from '../../src/model/adapter.js';
import { memoryStore } from '../../src/store/memory.js';
import { acmeAdapter, completed, running, started, unavailable } from '../support/acme.js';
import { source } from '../support/client.js';
import { ManualClock } from '../support/manual-clock.js';

const outageMs = 600_000;
const jobs = 200;
const atOnce = 16;

/** A store with jobs of two providers, of which one takes every connection and answers nothing until it is back. */
async function outage(options: { slow: (asked: () => Promise<void>) => Partial<AdapterMembers>; limits?: object }) {
  const [store, clock] = [memoryStore(), new ManualClock()];
  const askedAt: number[] = [];
  let backAt = Number.POSITIVE_INFINITY;
  const asked = async () => {
    if (clock.now() >= backAt) return;
    askedAt.push(clock.now());
    await clock.sleep(30_000);
    throw unavailable();
  };
  const members = options.slow(asked);
  const ends: number[] = [];
  const fast: Partial<AdapterMembers> = {
    start: async (request) => {
      ends.push(clock.now());
      return started(request.id, completed);
    },
  };
  const client = (taking: boolean) => {
    const theirs = taking ? { start: async () => Promise.reject(unavailable({ retryAfterMs: 1_000 })) } : {};
    const limits = options.limits ?? {};
    return createSluice({
      providers: {
        slow: acmeAdapter({ members: { ...members, ...theirs }, capabilities: { limits } })({}),
        fast: acmeAdapter({ members: { ...fast, ...theirs } })({}),
      },
      ...{ store, clock, concurrency: atOnce },
    });
  };
  // Saved by a process that starts none of them.
  const other = client(true);
  for (let index = 0; index < jobs; index += 1) {
    await clock.run(other.import({ source, provider: index % 2 === 0 ? 'slow' : 'fast' }));
  }
  await clock.run(other.close());
  const begun = clock.now();
  backAt = begun + outageMs;
  return { clock, sluice: client(false), askedAt, ends, backAt, begun };
}

describe('who works a store with a provider that is down', () => {
  it('goes on with the others, asks it only now and then, and goes on with all of it when it is back', async () => {
    const { clock, sluice, askedAt, ends, backAt, begun } = await outage({
      slow: (asked) => ({
        start: async (request) => {
          await asked();
          return started(request.id, completed);
        },
      }),
    });
    await clock.run(sluice.run({ untilIdle: true }));
    expect(ends).toHaveLength(jobs / 2);
    // Once all that move may be its own; from then on one at a time.
    expect(Math.max(...ends) - begun).toBeLessThan(60_000);
    expect(askedAt.length).toBeLessThan(atOnce + 5 + outageMs / 30_000);
    const states: string[] = [];
    for await (const { state } of sluice.jobs()) states.push(state);
    expect(new Set(states)).toEqual(new Set(['completed']));
    // The longest pause between two tries, and the last one that was cut.
    expect(clock.now() - backAt).toBeLessThan(65_000);
    expect(clock.sleeping).toBe(0);
  });

  it('does not look at its running jobs either, whether they hold slots or not', async () => {
    for (const limits of [{}, { jobs: jobs }]) {
      let up = true;
      const { clock, sluice, askedAt, backAt } = await outage({
        limits,
        slow: (asked) => ({
          start: async (request) => started(request.id, running()),
          status: async () => {
            if (!up) await asked();
            return up ? running() : completed;
          },
        }),
      });
      const stop = new AbortController();
      const work = sluice.run({ signal: stop.signal });
      await clock.advance(10_000);
      up = false;
      const before = askedAt.length;
      await clock.advance(outageMs - 60_000);
      expect(askedAt.length - before).toBeLessThan(atOnce + 5 + outageMs / 30_000);
      await clock.advance(backAt - clock.now() + 65_000);
      const open: string[] = [];
      for await (const { state } of sluice.jobs({ states: ['queued', 'running'] })) open.push(state);
      expect(open).toEqual([]);
      stop.abort();
      await work;
    }
  });

  it('ends its jobs at their deadlines all the same', async () => {
    const [store, clock] = [memoryStore(), new ManualClock()];
    let up = true;
    const sluice = createSluice({
      providers: {
        slow: acmeAdapter({
          members: {
            status: async () => (up ? running() : Promise.reject(unavailable())),
          },
        })({ deadlineMs: 300_000 }),
      },
      ...{ store, clock },
    });
    for (let index = 0; index < 20; index += 1) await sluice.import({ source });
    up = false;
    await clock.run(sluice.run({ untilIdle: true }));
    const codes: (string | undefined)[] = [];
    for await (const { error } of sluice.jobs()) codes.push(error?.code);
    expect(codes).toEqual(Array(20).fill('timeout'));
    expect(clock.now()).toBeLessThan(Date.UTC(2026, 0, 1) + 300_000 + 35_000);
  });
});
