import { Queue, Worker } from 'bullmq';
import * as z from 'zod';
import { lazily } from '../figures/statistics.js';
import { concurrency, requestOf } from './durable-job.js';
import type { rateSchema } from './sqlite-jobs.js';

const inputSchema = z.object({ jobs: z.int(), warmUp: z.int(), port: z.int() });

/** Adds jobs to a BullMQ queue and has them completed by a worker that does nothing: both at the same time. */
export async function run(input: unknown): Promise<z.input<typeof rateSchema>> {
  const { jobs, warmUp, port } = inputSchema.parse(input);
  const connection = { host: '127.0.0.1', port, maxRetriesPerRequest: null };
  const queue = new Queue('bench', { connection });
  const worker = new Worker('bench', async () => {}, { connection, concurrency });
  await Promise.all([queue.waitUntilReady(), worker.waitUntilReady()]);
  await pass(queue, worker, warmUp);
  const started = performance.now();
  await pass(queue, worker, jobs);
  const seconds = (performance.now() - started) / 1_000;
  await worker.close();
  await queue.close();
  return { perSecond: jobs / seconds };
}

async function pass(queue: Queue, worker: Worker, jobs: number): Promise<void> {
  let completed = 0;
  const all = new Promise<void>((resolve) => {
    const count = () => {
      completed += 1;
      if (completed < jobs) return;
      worker.off('completed', count);
      resolve();
    };
    worker.on('completed', count);
  });
  await lazily({ count: jobs, concurrency }, (number) => queue.add('import', requestOf(number)));
  await all;
}
