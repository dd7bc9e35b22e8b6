import { type ImportJob, type Sluice, SluiceError } from '@sluice/core';
import { usageError } from '../usage.js';

/** The jobs of these ids, each once. @throws SluiceError `invalid-request` for an id that the store does not know */
export async function findJobs(sluice: Sluice, ids: string[]): Promise<ImportJob[]> {
  return Promise.all([...new Set(ids)].map((id) => findJob(sluice, id)));
}

async function findJob(sluice: Sluice, id: string): Promise<ImportJob> {
  try {
    return await sluice.job(id);
  } catch (error) {
    if (SluiceError.is(error) && error.code === 'not-found')
      throw usageError(`there is no job "${id}" here: sluice jobs lists them`);
    throw error;
  }
}
