import type { ProviderSnapshot } from '../model/adapter.js';
import { type ErrorFields, SluiceError } from '../model/error.js';
import { isFinal, type JobRecord, type Warning } from '../model/record.js';
import { lookAt, retryAt } from './due.js';
import type { Provider } from './providers.js';
import { failedItems, putItems } from './put/items.js';
import { checkItems, type Verified } from './verify.js';

/** The record with warnings added. */
export function warned(record: JobRecord, warnings: Warning[]): JobRecord {
  return warnings.length === 0 ? record : { ...record, warnings: [...record.warnings, ...warnings] };
}

/** The record of a job that ended without success. Its request is kept, so that it can be tried again. */
export function failed(record: JobRecord, error: ErrorFields, now: number): JobRecord {
  const { dueAt: _due, intent: _intent, waitingFor: _waiting, progress: _progress, ...rest } = record;
  const items = record.put !== undefined ? failedItems(record, error) : known(record, error);
  return { ...rest, state: 'failed', items, error, completedAt: now };
}

function known({ items, display }: JobRecord, { code, message, retry }: ErrorFields): JobRecord['items'] {
  return items.length > 0 ? items : [{ ok: false, ref: display.name, error: { code, message, retry } }];
}

/** The record of a job that the application gave up. */
export function canceled(record: JobRecord, now: number, warnings: Warning[] = []): JobRecord {
  const { dueAt: _due, intent: _intent, waitingFor: _waiting, progress: _progress, ...rest } = withoutSecrets(record);
  return warned({ ...rest, state: 'canceled', completedAt: now }, warnings);
}

/** The record after a call that failed and may succeed later, but not later than the job may take. */
export function postponed(record: JobRecord, error: SluiceError, now: number): JobRecord {
  const failures = record.failures + 1;
  const at = Math.min(retryAt(now, failures, error.retryAfterMs), record.deadlineAt ?? Number.POSITIVE_INFINITY);
  return { ...record, failures, dueAt: at, waitingFor: { what: 'retry', until: at, error: error.toJSON() } };
}

/** The record after the provider said how the job stands. */
export function observed(
  record: JobRecord,
  snapshot: ProviderSnapshot,
  context: { provider: Provider; now: number },
): JobRecord {
  const { provider, now } = context;
  const { waitingFor: _waiting, unmapped: _unmapped, intent: _intent, ...base } = record;
  const unmapped = snapshot.unmapped === true;
  const changed = record.changedAt === undefined || saysSomethingNew(record, snapshot);
  const next: JobRecord = {
    ...base,
    state: snapshot.state,
    phase: 'provider',
    rawState: snapshot.rawState,
    ...(unmapped && { unmapped }),
    ...(snapshot.progress !== undefined && { progress: snapshot.progress }),
    ...(snapshot.cost !== undefined && { cost: snapshot.cost }),
    ...(snapshot.items !== undefined && { items: verifiedItems(record, snapshot, provider).items }),
    failures: 0,
    idleLooks: changed ? 0 : record.idleLooks + 1,
    changedAt: changed ? now : (record.changedAt ?? now),
  };
  const noted = warned(next, [
    ...(snapshot.warnings ?? []),
    ...(unmapped ? [unmappedWarning(snapshot, provider)] : []),
  ]);
  if (isFinal(snapshot.state)) return ended(noted, snapshot, context);
  return { ...noted, dueAt: lookAt(noted, provider, { now, nextLookMs: snapshot.nextLookMs }) };
}

function ended(record: JobRecord, snapshot: ProviderSnapshot, context: { provider: Provider; now: number }): JobRecord {
  const { provider, now } = context;
  if (snapshot.state === 'canceled') return canceled(record, now);
  if (snapshot.state === 'failed') return failed(record, verdict(snapshot, provider), now);
  const { items, warnings, error } = verifiedItems(record, snapshot, provider);
  const checked = warned({ ...record, items, phase: 'verify' }, warnings);
  if (error !== undefined) return failed(checked, error, now);
  const { dueAt: _due, progress: _progress, ...rest } = withoutSecrets(checked);
  return { ...rest, state: 'completed', completedAt: now };
}

function verifiedItems(record: JobRecord, { items = [], state }: ProviderSnapshot, provider: Provider): Verified {
  if (record.put === undefined) return checkItems(record, items, provider);
  return putItems(record, items, { provider, final: isFinal(state) });
}

/** What is secret is erased once nothing can need it any more; what is left of the callback tells a late delivery from a stranger's. */
function withoutSecrets({ request: _request, callback, ...rest }: JobRecord): JobRecord {
  return { ...rest, ...(callback !== undefined && { callback: { hash: callback.hash } }) };
}

/** The provider's own no. It is never tried again by itself. */
function verdict(snapshot: ProviderSnapshot, provider: Provider): ErrorFields {
  const fields = new SluiceError({
    code: snapshot.code ?? 'source-unreachable',
    message: `${provider.name}: ${snapshot.message ?? `the provider says "${snapshot.rawState}" and gives no reason`}`,
    provider: provider.name,
    ...(snapshot.providerCode !== undefined && { providerCode: snapshot.providerCode }),
  });
  return fields.toJSON();
}

function unmappedWarning(snapshot: ProviderSnapshot, provider: Provider): Warning {
  const message = `${provider.name} says "${snapshot.rawState}", a word that the adapter does not know; taken as running`;
  return { code: 'unmapped-state', message };
}

/** A snapshot that says nothing of the progress leaves what was known. */
function saysSomethingNew({ rawState, progress, items }: JobRecord, snapshot: ProviderSnapshot): boolean {
  const now = snapshot.progress ?? progress;
  const sameProgress = now?.done === progress?.done && now?.total === progress?.total && now?.unit === progress?.unit;
  const sameItems = snapshot.items === undefined || snapshot.items.length === items.length;
  return snapshot.rawState !== rawState || !sameProgress || !sameItems;
}
