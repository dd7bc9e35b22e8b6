import { toSluiceError } from '../model/error.js';
import type { Lease } from '../store/contract.js';
import { slotsName } from '../store/contract.js';
import { advanceLeased } from './advance.js';
import type { Engine } from './engine.js';
import { leaseMs } from './lease-keeper.js';

/** How often to look for due records, in milliseconds. */
const lookEveryMs = 250;
/** How long a lane that is full is passed over when nobody says until when, in milliseconds. */
const fullLaneMs = 500;

/** Works the store: leases what is due, whoever made it, until the signal fires or, with `untilIdle`, nothing is left. */
export async function runStore(
  engine: Engine,
  options: { signal: AbortSignal; untilIdle: boolean; concurrency: number },
): Promise<void> {
  const { signal, untilIdle, concurrency } = options;
  const fullLanes = new Map<string, number>();
  const moving = new Set<Promise<void>>();
  while (!signal.aborted) {
    const leases = moving.size < concurrency ? await leaseDue(engine, concurrency - moving.size, fullLanes) : [];
    for (const lease of leases) {
      const step = stepOf(engine, lease, { signal, fullLanes }).finally(() => moving.delete(step));
      moving.add(step);
    }
    if (leases.length > 0) continue;
    if (untilIdle && moving.size === 0 && !(await anyLeft(engine))) break;
    const pause = new AbortController();
    const nap = engine.clock.sleep(lookEveryMs, AbortSignal.any([signal, pause.signal])).catch(() => undefined);
    await Promise.race([nap, ...moving]);
    pause.abort();
  }
  await Promise.allSettled([...moving]);
}

function leaseDue(engine: Engine, limit: number, fullLanes: Map<string, number>): Promise<Lease[]> {
  const now = engine.clock.now();
  for (const [lane, until] of fullLanes) {
    if (until <= now) fullLanes.delete(lane);
  }
  return engine.store.lease({
    holder: engine.holder,
    now,
    until: now + leaseMs,
    limit,
    exceptLanes: [...fullLanes.keys()],
  });
}

async function stepOf(
  engine: Engine,
  lease: Lease,
  options: { signal: AbortSignal; fullLanes: Map<string, number> },
): Promise<void> {
  const { signal, fullLanes } = options;
  const { record } = lease;
  try {
    const advanced = await advanceLeased(engine, lease, { signal });
    if (advanced.next === 'full') {
      fullLanes.set(slotsName(record.provider, record.lane), advanced.until ?? engine.clock.now() + fullLaneMs);
    }
    if (advanced.next === 'final') fullLanes.delete(slotsName(record.provider, record.lane));
  } catch (thrown) {
    const error = toSluiceError(thrown, 'unavailable');
    if (error.code !== 'aborted') engine.log({ level: 'warn', message: `job ${record.id}: ${error.message}` });
  }
}

/** Whether any job that this process can move is still open. */
async function anyLeft(engine: Engine): Promise<boolean> {
  for await (const { provider, adapter } of engine.store.list({ states: ['queued', 'running'] })) {
    if (engine.providers.get(provider)?.adapter.name === adapter) return true;
  }
  return false;
}
