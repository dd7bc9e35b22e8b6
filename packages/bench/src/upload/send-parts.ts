import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { type Cost, type Send, sendingSchema, warmUpBytes } from './sending.js';

/** The clients that run in Node, each loaded alone: its memory is measured too. */
const clients = {
  'byte-plane': () => import('./clients/byte-plane.js'),
  form: () => import('./clients/form.js'),
  fetch: () => import('./clients/fetch.js'),
  ky: () => import('./clients/ky.js'),
  'lib-storage': () => import('./clients/lib-storage.js'),
} satisfies Record<string, () => Promise<{ send: Send }>>;
export type NodeClient = keyof typeof clients;

const inputSchema = sendingSchema.extend({
  client: z.enum(['byte-plane', 'form', 'fetch', 'ky', 'lib-storage']),
  warmUp: z.string(),
});

/** Sends a file by one of the clients, after a small one to warm up. */
export async function run(input: unknown): Promise<Cost> {
  const { client, warmUp, ...sending } = inputSchema.parse(input);
  const { send } = await clients[client]();
  await send({ ...sending, file: warmUp, size: warmUpBytes(sending.size) });
  return costOf(() => send(sending));
}

/** What some work of this process costs; the memory is the most that it ever held. Linux. */
export async function costOf(work: () => Promise<unknown>): Promise<Cost> {
  const cpuBefore = process.cpuUsage();
  const before = performance.now();
  await work();
  const seconds = (performance.now() - before) / 1_000;
  const { user, system } = process.cpuUsage(cpuBefore);
  return { seconds, cpuSeconds: (user + system) / 1_000_000, peakBytes: await peakBytes() };
}

async function peakBytes(): Promise<number> {
  const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(await readFile('/proc/self/status', 'utf8'))?.[1];
  if (kibibytes === undefined) throw new Error('the system does not tell how much memory was held');
  return Number(kibibytes) * 1_024;
}
