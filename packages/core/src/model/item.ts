import type { ErrorCode, RetryAdvice } from './error.js';
import type { JsonValue } from './json.js';

/** What the provider made of one file. */
export interface Asset {
  /** The provider's id of it. */
  id: string;
  /** Where it can be fetched, as the provider gave it; may be signed. */
  url?: string;
  /** Bytes. */
  size?: number;
  /** Lower-case hex. */
  sha256?: string;
  durationSeconds?: number;
  title?: string;
  /** ISO 8601: when the provider deletes it. */
  expiresAt?: string;
  /** The provider's own answer, for whatever this type does not name. */
  raw?: JsonValue;
}

/** Of what a measure was taken: the bytes of the source, or a rendition that the provider made of it. */
export type Measured = 'source' | 'rendition';

/** One check: `match` and `mismatch` hold what was expected against what was measured; `unchecked`: nobody measured it. */
export interface Check {
  outcome: 'match' | 'mismatch' | 'unchecked';
  expected?: string | number;
  actual?: string | number;
}

/** The checks of one item. */
export interface Checks {
  size: Check;
  sha256: Check;
}

/** One file's error. */
export interface ItemError {
  code: ErrorCode;
  message: string;
  retry: RetryAdvice;
}

/** One file's outcome. A URL import has one, a bucket import has many. */
export type ImportItem = SucceededItem | FailedItem;

/**
 * What an import under a name did, where names are the target at the provider and it tells: `created` a file, `replaced` the one that
 * was there, or left the `existing` one as it is.
 */
export type ItemOutcome = 'created' | 'replaced' | 'existing';

/** A file that the provider has. `ref` is its own reference within the job: an id or a file name. */
export interface SucceededItem {
  ok: true;
  ref: string;
  outcome?: ItemOutcome;
  asset: Asset;
  checks: Checks;
}

/** A file that the provider refused or lost. */
export interface FailedItem {
  ok: false;
  ref: string;
  error: ItemError;
}

/** Where a file stands in a bucket of the user's own, as the provider says. */
export interface StoredPlace {
  /** By which the store's host is known; without credentials. */
  url: string;
  bucket: string;
  key: string;
}

/** What an adapter says of one file; the engine adds the checks. */
export type ReportedItem =
  | {
      ok: true;
      ref: string;
      outcome?: ItemOutcome;
      asset: Asset;
      of?: { size?: Measured; sha256?: Measured };
      /** For `verify`: the engine asks the bucket. */
      stored?: StoredPlace;
    }
  | { ok: false; ref: string; message: string; providerCode?: string };
