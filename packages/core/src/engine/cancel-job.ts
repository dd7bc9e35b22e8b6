import { SluiceError } from '../model/error.js';
import { isFinal, type JobRecord } from '../model/record.js';
import type { Driver } from './driver.js';
import type { Engine } from './engine.js';
import { newId } from './ids.js';
import { leaseMs } from './lease-keeper.js';
import { foreignError, providerOf } from './providers.js';
import { readJob } from './read-job.js';
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
  const provider = providerOf(engine, record);
  if (provider === undefined) throw foreignError(record);
  const able = provider.adapter.capabilities.cancel;
  if (record.ref !== undefined && !able && !abandon) throw cannotCancel(provider.name, id);
  let refusal: SluiceError | undefined;
  const stopListening = engine.bus.listen(id, (notice) => {
    if (notice.kind === 'not-canceled') refusal = notice.error;
  });
  const now = clock.now();
  try {
    await store.post({ id: newId('cancel', now), to: { job: id }, kind: 'cancel', body: { abandon }, at: now });
    engine.bus.tell(id, { kind: 'message' });
    // Longer than a lease: a holder that died lets go within that time.
    const giveUpAt = now + 2 * leaseMs;
    for (;;) {
      // Due because of the wish; after that, a provider that needs its time is looked at no more often than any other.
      const advanced = await driver.step(id, { early: false });
      if (refusal !== undefined) throw refusal;
      if (advanced.next === 'stuck') throw advanced.error;
      const current = await readJob(engine, id);
      if (isFinal(current.state)) return current;
      if (clock.now() >= giveUpAt) throw notYet(id);
      await clock.sleep(lookEveryMs);
    }
  } finally {
    stopListening();
  }
}

function notYet(id: string): SluiceError {
  return new SluiceError({
    code: 'timeout',
    message: `job ${id} is not canceled yet: the provider, or another process that holds it, takes its time; the wish is kept`,
  });
}
