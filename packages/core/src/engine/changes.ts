import type { ImportEvent } from '../model/event.js';
import { isFinal, type JobRecord, snapshotOf } from '../model/record.js';

/** What happened between two versions of a record, as events: the same whoever made the change, also another process. */
export function changesBetween(before: JobRecord | undefined, after: JobRecord): ImportEvent[] {
  const job = after.id;
  const events: ImportEvent[] = [];
  if (before?.state !== after.state || before.rawState !== after.rawState || before.phase !== after.phase) {
    const { state, phase, rawState } = after;
    events.push({ type: 'state', job, state, phase, ...(rawState !== undefined && { rawState }) });
  }
  for (const warning of after.warnings.slice(before?.warnings.length ?? 0))
    events.push({ type: 'warning', job, warning });
  if (after.progress !== undefined && !sameProgress(before, after)) {
    events.push({ type: 'progress', job, progress: after.progress });
  }
  const waiting = waitingEvent(before, after);
  if (waiting !== undefined) events.push(waiting);
  if (isFinal(after.state) && !(before !== undefined && isFinal(before.state))) {
    events.push({ type: 'job', job, snapshot: snapshotOf(after) });
  }
  return events;
}

function sameProgress(before: JobRecord | undefined, after: JobRecord): boolean {
  return before?.progress?.done === after.progress?.done && before?.progress?.total === after.progress?.total;
}

function waitingEvent(before: JobRecord | undefined, after: JobRecord): ImportEvent | undefined {
  const { waitingFor } = after;
  if (waitingFor === undefined) return undefined;
  const until = waitingFor.until === undefined ? undefined : new Date(waitingFor.until).toISOString();
  if (waitingFor.what === 'retry') {
    const known = before?.waitingFor?.what === 'retry' && before.waitingFor.until === waitingFor.until;
    if (waitingFor.error === undefined || until === undefined || known) return undefined;
    return { type: 'retry', job: after.id, error: waitingFor.error, retryAt: until };
  }
  if (before?.waitingFor?.what === waitingFor.what && before.waitingFor.until === waitingFor.until) return undefined;
  const { what, why } = waitingFor;
  return {
    type: 'waiting',
    job: after.id,
    what,
    ...(until !== undefined && { until }),
    ...(why !== undefined && { why }),
  };
}
