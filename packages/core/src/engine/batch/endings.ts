import type { ErrorFields, SluiceError } from '../../model/error.js';
import { type ImportSnapshot, type JobRecord, snapshotOf } from '../../model/record.js';
import type { InHand } from './parked.js';

/** How a request of a batch is over. */
export type Ending =
  | { kind: 'ended'; snapshot: ImportSnapshot }
  | { kind: 'skipped'; snapshot: ImportSnapshot; reason: string }
  | { kind: 'refused'; error: ErrorFields }
  | { kind: 'left'; snapshot: ImportSnapshot; error: ErrorFields };

/** Its job is alive, and is followed no longer. */
export function left({ record }: InHand<unknown>, error: SluiceError): Ending {
  return { kind: 'left', snapshot: snapshotOf(record), error: error.toJSON() };
}

/** Why there is nothing to do for a job that is over. */
export function skipReason({ state, id, error }: JobRecord): string {
  if (state === 'completed') return `completed before, as job ${id}`;
  if (state === 'canceled') return `canceled before, as job ${id}; to import it after all, give it a key of its own`;
  const advice = error?.retry === 'never' ? 'trying again would not help' : 'retry tries it again';
  return `failed before, as job ${id} (${error?.code}); ${advice}`;
}
