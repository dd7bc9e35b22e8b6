import { SluiceError } from '../model/error.js';
import type { JobRecord } from '../model/record.js';
import type { Engine } from './engine.js';

/** @throws SluiceError `not-found` */
export async function readJob(engine: Engine, id: string): Promise<JobRecord> {
  const record = await engine.store.read(id);
  if (record !== undefined) return record;
  throw new SluiceError({ code: 'not-found', message: `there is no job ${id} in this store` });
}
