import { type ErrorFields, SluiceError } from '../model/error.js';
import type { Check, Checks, ImportItem, ReportedItem } from '../model/item.js';
import type { JobRecord, Warning } from '../model/record.js';
import type { Provider } from './providers.js';
import { expectedDigest } from './upload/expected.js';

/** Of a provider, only how it is called in messages. */
type Named = Pick<Provider, 'name'>;

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
export function checkItems(record: JobRecord, reported: ReportedItem[], provider: Named): Verified {
  const items = reported.map((item): ImportItem => {
    if (item.ok) {
      const { ref, outcome, asset } = item;
      return { ok: true, ref, ...(outcome !== undefined && { outcome }), asset, checks: checksOf(record, item) };
    }
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
  const { request, measured } = record;
  const size = of?.size === 'source' ? asset?.size : undefined;
  const sha256 = of?.sha256 === 'source' ? asset?.sha256?.toLowerCase() : undefined;
  return {
    size: check(expected(request?.expect?.size, measured?.size, size), size ?? measured?.size),
    sha256: check(expected(expectedDigest(record), measured?.sha256, sha256), sha256 ?? measured?.sha256),
  };
}

/** What nobody asked for is still expected where both sides measured the source: here before the start, and the provider. */
function expected<T>(wanted: T | undefined, here: T | undefined, there: T | undefined): T | undefined {
  return wanted ?? (there === undefined ? undefined : here);
}

function check(expected: string | number | undefined, actual: string | number | undefined): Check {
  if (expected === undefined) return { outcome: 'unchecked', ...(actual !== undefined && { actual }) };
  if (actual === undefined) return { outcome: 'unchecked', expected };
  return { outcome: expected === actual ? 'match' : 'mismatch', expected, actual };
}

function uncheckedWarning(measure: string, provider: Named): Warning {
  const message = `expect.${measure} could not be checked: ${provider.name} does not measure the source, and it was not measured before the start`;
  return { code: 'unchecked', message };
}

function mismatch([measure, { expected, actual }]: [string, Check], provider: Named): ErrorFields {
  return integrity(`${measure}: expected ${expected}, but ${actual} arrived`, provider);
}

function integrity(message: string, provider: Named): ErrorFields {
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
