import { SluiceError } from '../model/error.js';
import { isFinal, type JobRecord } from '../model/record.js';
import type { Driver } from './driver.js';
import type { Engine } from './engine.js';
import { newId } from './identity.js';
import { leaseMs } from './lease-keeper.js';
import { cannotCancel } from './steps/cancel.js';

const lookEveryMs = 200;

/**
 * Leaves the wish in the job's inbox, where whoever holds its lease finds it, and carries it out here as soon as the lease is free.
 * @throws SluiceError `unsupported` where the provider cannot cancel and `abandon` was not said
 */
export async function cancelJob(
  engine: Engine,
  driver: Driver,
  wish: { id: string; abandon: boolean },
): Promise<JobRecord> {
  const { id, abandon } = wish;
  const { store, clock } = engine;
  const record = await readJob(engine, id);
  if (isFinal(record.state)) return record;
  const provider = engine.providers.get(record.provider);
  const able = provider?.adapter.capabilities.cancel === true;
  if (record.ref !== undefined && !able && !abandon) throw cannotCancel(record.provider, id);
  const now = clock.now();
  await store.post({ id: newId('cancel', now), to: { job: id }, kind: 'cancel', body: { abandon }, at: now });
  // Longer than a lease: a holder that died lets go within that time.
  const giveUpAt = now + 2 * leaseMs;
  for (;;) {
    const advanced = await driver.step(id, new AbortController().signal);
    if (advanced.next === 'stuck') throw advanced.error;
    const current = await readJob(engine, id);
    if (isFinal(current.state)) return current;
    if (clock.now() >= giveUpAt) {
      const message = `job ${id} is still held by another process; the wish to cancel is kept and will be read with its next step`;
      throw new SluiceError({ code: 'timeout', message });
    }
    await clock.sleep(lookEveryMs);
  }
}

/** @throws SluiceError `not-found` */
export async function readJob(engine: Engine, id: string): Promise<JobRecord> {
  const record = await engine.store.read(id);
  if (record !== undefined) return record;
  throw new SluiceError({ code: 'not-found', message: `there is no job ${id} in this store` });
}
