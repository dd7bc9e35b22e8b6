import { isFinal, type JobRecord } from '../model/record.js';
import { isByteInput } from '../model/source.js';
import type { Engine } from './engine.js';

/** Bytes that only this process has are kept as long as the job needs them; also for a job that another process left. */
export function keepBytes(engine: Engine, record: JobRecord, request: unknown): void {
  if (typeof request !== 'object' || request === null || !('source' in request) || isFinal(record.state)) return;
  if (isByteInput(request.source)) engine.byteInputs.set(record.id, request.source);
}
