import { SluiceError } from '../model/error.js';
import type { JobRecord } from '../model/record.js';

/** The key belongs to another provider's job. */
export function keyConflict({ id, provider }: JobRecord, wanted: string): SluiceError {
  const message = `key: belongs to job ${id} of the provider "${provider}"; take another key for "${wanted}"`;
  return new SluiceError({ code: 'conflict', message, provider: wanted });
}
