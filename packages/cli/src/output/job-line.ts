import type { Asset, ImportEvent, ImportItem, ImportSnapshot, JsonObject } from '@sluice/core';

/** The last line of a job with `--json`. What is not known is null. */
export function jobLine(snapshot: ImportSnapshot): JsonObject {
  const { id, provider, state, rawState, items, warnings, error } = snapshot;
  return {
    type: 'job',
    job: {
      id,
      provider,
      state,
      rawState: rawState ?? null,
      items: items.map(itemValue),
      warnings: warnings.map(({ code, message }) => ({ code, message })),
      error: error === undefined ? null : { ...error },
    },
  };
}

function itemValue(item: ImportItem): JsonObject {
  if (!item.ok) {
    const { code, message, retry } = item.error;
    return { ok: false, ref: item.ref, error: { code, message, retry } };
  }
  const { size, sha256 } = item.checks;
  return {
    ok: true,
    ref: item.ref,
    ...(item.outcome !== undefined && { outcome: item.outcome }),
    asset: assetValue(item.asset),
    checks: { size: { outcome: size.outcome }, sha256: { outcome: sha256.outcome } },
  };
}

function assetValue({ id, url, size, sha256, durationSeconds, expiresAt }: Asset): JsonObject {
  return {
    id,
    url: url ?? null,
    size: size ?? null,
    sha256: sha256 ?? null,
    durationSeconds: durationSeconds ?? null,
    expiresAt: expiresAt ?? null,
  };
}

/**
 * What happened to a job, as a line with `--json`: of type `state`, `progress`, `warning` or `retry`. Undefined for the event that
 * ends a job: its line is {@link jobLine}. Waiting for a limit is a `state` line that says for what.
 */
export function eventLine(event: ImportEvent, snapshot: ImportSnapshot): JsonObject | undefined {
  const { job } = event;
  switch (event.type) {
    case 'state':
      return { type: 'state', job, state: event.state, phase: event.phase, rawState: event.rawState ?? null };
    case 'progress':
      return { type: 'progress', job, progress: { ...event.progress } };
    case 'warning':
      return { type: 'warning', job, warning: { code: event.warning.code, message: event.warning.message } };
    case 'retry':
      return { type: 'retry', job, error: { ...event.error }, retryAt: event.retryAt };
    case 'waiting': {
      const { what, until = null, why } = event;
      const waitingFor = { what, until, ...(why !== undefined && { why }) };
      return {
        type: 'state',
        job,
        state: snapshot.state,
        phase: snapshot.phase,
        rawState: snapshot.rawState ?? null,
        waitingFor,
      };
    }
    case 'job':
      return undefined;
  }
}
