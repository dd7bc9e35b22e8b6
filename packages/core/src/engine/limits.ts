import type { JobRecord } from '../model/record.js';
import { type Admission, type SlotRequest, slotsName, type WindowHit, windowName } from '../store/contract.js';
import { newId } from './ids.js';
import type { Provider } from './providers.js';

/** The kinds of calls that a provider may count. */
export type CallKind = 'starts' | 'statuses' | 'probes';

/** One call in its window; undefined where calls of this kind are not limited. */
export function windowHit(
  provider: Provider,
  call: { lane: string; kind: CallKind; now: number },
): WindowHit | undefined {
  const limit = provider.limitsIn(call.lane)[call.kind];
  if (limit === undefined) return undefined;
  return {
    window: windowName({ provider: provider.name, lane: call.lane, kind: call.kind }),
    token: newId('call', call.now),
    max: limit.max,
    windowMs: limit.windowMs,
    // Until it is answered nobody knows when the provider saw it: at the latest when the attempt times out.
    until: call.now + provider.timeoutMs,
  };
}

/** A place among the jobs of a lane; undefined where they are not limited. */
export function slotRequest(provider: Provider, record: JobRecord, until: number): SlotRequest | undefined {
  const max = provider.limitsIn(record.lane).jobs;
  return max === undefined
    ? undefined
    : { slots: slotsName(provider.name, record.lane), holder: record.id, max, until };
}

/** What a start needs: a slot until the job's deadline, and a call in the window of starts. */
export function startAdmission(
  provider: Provider,
  record: JobRecord,
  options: { now: number; deadlineAt: number },
): Admission {
  const hit = windowHit(provider, { lane: record.lane, kind: 'starts', now: options.now });
  const slot = slotRequest(provider, record, options.deadlineAt);
  return {
    ...(slot !== undefined && { slot }),
    ...(hit !== undefined && { hits: [hit] }),
  };
}
