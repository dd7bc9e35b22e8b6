import type { JobRecord, Lease, Store } from '@sluice/core/adapter';
import * as z from 'zod';
import { lazily } from '../figures/statistics.js';
import { withTemporaryFolder } from '../processes/temporary-folder.js';
import { concurrency, requestOf } from './durable-job.js';
import { openStore } from './open-store.js';

const inputSchema = z.object({ jobs: z.int(), warmUp: z.int() });

/** How many jobs went through, a second. */
export const rateSchema = z.object({ perSecond: z.number() });

/** Adds records to the SQLite store, leases what is due, and commits each as completed: all at the same time. */
export async function run(input: unknown): Promise<z.input<typeof rateSchema>> {
  const { jobs, warmUp } = inputSchema.parse(input);
  return withTemporaryFolder(async (folder) => {
    const store = await openStore('sqlite', folder);
    await pass(store, 'warm', warmUp);
    const started = performance.now();
    await pass(store, 'job', jobs);
    const seconds = (performance.now() - started) / 1_000;
    await store.close();
    return { perSecond: jobs / seconds };
  });
}

async function pass(store: Store, prefix: string, jobs: number): Promise<void> {
  const added = new Signal();
  const adding = lazily({ count: jobs, concurrency }, async (number) => {
    await store.create(recordOf(`${prefix}-${number}`, number));
    added.raise();
  });
  await complete(store, jobs, added);
  await adding;
}

/** As the engine's own loop over a store does it: leases as many as there is room for, and finishes each by itself. */
async function complete(store: Store, jobs: number, added: Signal): Promise<void> {
  const moving = new Set<Promise<void>>();
  let completed = 0;
  const finish = async (lease: Lease) => {
    await store.commit(completion(lease));
    completed += 1;
  };
  while (completed < jobs) {
    const news = added.next();
    const now = Date.now();
    const limit = concurrency - moving.size;
    const leases = limit === 0 ? [] : await store.lease({ holder: 'bench', now, until: now + 15_000, limit });
    for (const lease of leases) {
      const step = finish(lease).finally(() => moving.delete(step));
      moving.add(step);
    }
    if (leases.length === 0) await Promise.race([news, ...moving]);
  }
}

function completion({ record, fence }: Lease) {
  const now = Date.now();
  const { dueAt: _dueAt, request: _request, ...rest } = record;
  const completed: JobRecord = { ...rest, state: 'completed', completedAt: now, updatedAt: now };
  return { lease: { id: record.id, fence }, record: completed, now, release: true };
}

function recordOf(id: string, number: number): JobRecord {
  const now = Date.now();
  const request = requestOf(number);
  return {
    ...{ id, provider: 'importly', adapter: 'importly', lane: 'all', state: 'queued', phase: 'prepare', priority: 0 },
    ...{
      createdAt: now,
      updatedAt: now,
      dueAt: now,
      display: { source: request.source.url, name: request.name },
      request,
    },
    ...{ items: [], warnings: [], failures: 0, idleLooks: 0 },
  };
}

/** Wakes one who waits for the next of many things. */
class Signal {
  #wake = () => {};

  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  raise(): void {
    this.#wake();
  }
}
