import { type ErrorFields, SluiceError } from '../model/error.js';
import type { ImportItem } from '../model/item.js';
import type { JobRecord, Warning } from '../model/record.js';

/**
 * The record with everything secret taken out of the texts that a person reads: they come from providers, which like to
 * quote the source's URL, and from adapters. URLs of assets stay: they are what was asked for. Warnings that read the same are one.
 * What it still has of `before`, which went through here, is left as it is.
 */
export function redactRecord(record: JobRecord, before: JobRecord, redact: (text: string) => string): JobRecord {
  const { rawState, error, waitingFor, items, warnings } = record;
  return {
    ...record,
    ...(rawState !== undefined && rawState !== before.rawState && { rawState: redact(rawState) }),
    ...(error !== undefined && error !== before.error && { error: redactError(error, redact) }),
    ...(waitingFor?.error !== undefined && {
      waitingFor: { ...waitingFor, error: redactError(waitingFor.error, redact) },
    }),
    ...(items !== before.items && { items: items.map((item) => redactItem(item, redact)) }),
    ...(warnings !== before.warnings && {
      warnings: unique(warnings.map((warning) => ({ ...warning, message: redact(warning.message) }))),
    }),
  };
}

function unique(warnings: Warning[]): Warning[] {
  return [...new Map(warnings.map((warning) => [`${warning.code} ${warning.message}`, warning])).values()];
}

function redactError(error: ErrorFields, redact: (text: string) => string): ErrorFields {
  const { providerCode } = error;
  return {
    ...error,
    message: redact(error.message),
    ...(providerCode !== undefined && { providerCode: redact(providerCode) }),
  };
}

/** An error as it may be thrown: a cause that says something secret is left out, since whoever prints the error prints it too. */
export function redactThrown(error: SluiceError, redact: (text: string) => string): SluiceError {
  const fields = redactError(error.toJSON(), redact);
  if (fields.message === error.message && saysNothingSecret(error.cause, redact)) return error;
  return new SluiceError(fields);
}

function saysNothingSecret(cause: unknown, redact: (text: string) => string): boolean {
  if (!(cause instanceof Error)) return typeof cause !== 'string' || redact(cause) === cause;
  return redact(cause.message) === cause.message && saysNothingSecret(cause.cause, redact);
}

function redactItem(item: ImportItem, redact: (text: string) => string): ImportItem {
  return item.ok ? item : { ...item, error: { ...item.error, message: redact(item.error.message) } };
}
