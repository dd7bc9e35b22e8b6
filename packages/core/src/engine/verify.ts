import { type ErrorFields, SluiceError } from '../model/error.js';
import type { Check, Checks, ImportItem, ReportedItem } from '../model/item.js';
import type { JobRecord, Warning } from '../model/record.js';
import type { Provider } from './providers.js';

/** What verification makes of the provider's items. */
export interface Verified {
  items: ImportItem[];
  warnings: Warning[];
  /** Set when an expectation was not met, or nobody could check it and the request wants a failure then. */
  error?: ErrorFields;
}

/**
 * Holds what was expected against what was measured: of the source before the start, and by the provider where its measure is the
 * source's own and not a rendition's.
 */
export function checkItems(record: JobRecord, reported: ReportedItem[], provider: Provider): Verified {
  const items = reported.map((item): ImportItem => {
    if (item.ok) return { ok: true, ref: item.ref, asset: item.asset, checks: checksOf(record, item) };
    const error = { code: 'source-unreachable', message: `${provider.name}: ${item.message}`, retry: 'later' } as const;
    return { ok: false, ref: item.ref, error };
  });
  // A provider that reports no item leaves what was expected just as unchecked.
  const checked = items.length === 0 ? [checksOf(record, {})] : items.flatMap((item) => (item.ok ? [item.checks] : []));
  const checks = checked.flatMap((ofItem) => Object.entries(ofItem));
  const wrong = checks.find(([, check]) => check.outcome === 'mismatch');
  const unchecked = checks.filter(([, check]) => check.outcome === 'unchecked' && check.expected !== undefined);
  const warnings = unchecked.map(([measure]) => uncheckedWarning(measure, provider));
  if (wrong !== undefined) return { items: asFailed(items, wrong), warnings, error: mismatch(wrong, provider) };
  if (unchecked.length > 0 && record.request?.expect?.unchecked === 'fail') {
    return { items, warnings: [], error: integrity(warnings[0]?.message ?? '', provider) };
  }
  return { items, warnings };
}

function checksOf(record: JobRecord, { asset, of }: Partial<ReportedItem & { ok: true }>): Checks {
  const expect = record.request?.expect;
  const size = of?.size === 'source' ? asset?.size : undefined;
  const sha256 = of?.sha256 === 'source' ? asset?.sha256?.toLowerCase() : undefined;
  return {
    size: check(expect?.size, size ?? record.measured?.size),
    sha256: check(expect?.sha256, sha256 ?? record.measured?.sha256),
  };
}

function check(expected: string | number | undefined, actual: string | number | undefined): Check {
  if (expected === undefined) return { outcome: 'unchecked', ...(actual !== undefined && { actual }) };
  if (actual === undefined) return { outcome: 'unchecked', expected };
  return { outcome: expected === actual ? 'match' : 'mismatch', expected, actual };
}

function uncheckedWarning(measure: string, provider: Provider): Warning {
  const message = `expect.${measure} could not be checked: ${provider.name} does not measure the source, and it was not measured before the start`;
  return { code: 'unchecked', message };
}

function mismatch([measure, { expected, actual }]: [string, Check], provider: Provider): ErrorFields {
  return integrity(`${measure}: expected ${expected}, but ${actual} arrived`, provider);
}

function integrity(message: string, provider: Provider): ErrorFields {
  return new SluiceError({
    code: 'integrity',
    message: `${provider.name}: ${message}`,
    provider: provider.name,
  }).toJSON();
}

function asFailed(items: ImportItem[], [measure, { expected, actual }]: [string, Check]): ImportItem[] {
  const message = `${measure}: expected ${expected}, but ${actual} arrived`;
  return items.map((item) => {
    const broken = item.ok && Object.values(item.checks).some((one: Check) => one.outcome === 'mismatch');
    return broken ? { ok: false, ref: item.ref, error: { code: 'integrity', message, retry: 'never' } } : item;
  });
}
