import { isFinal, type JobRecord } from '../model/record.js';
import { isByteInput } from '../model/source.js';
import type { Engine } from './engine.js';

/**
 * Bytes that only this process has are kept as long as the job needs them; also for a job that another process left.
 * @returns whether the job had use for them
 */
export function keepBytes(engine: Engine, record: JobRecord, request: unknown): boolean {
  if (typeof request !== 'object' || request === null || !('source' in request) || !isByteInput(request.source)) {
    return false;
  }
  if (isFinal(record.state) || record.upload?.done === true) return false;
  engine.byteInputs.set(record.id, request.source);
  return true;
}
