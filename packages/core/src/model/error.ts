/**
 * What went wrong, as a closed list:
 * - `invalid-request` the request, an option or a setting breaks a rule; the message names the field and the rule
 * - `unsupported` the adapter, the provider or this platform cannot do it
 * - `auth` the provider refused the credentials (401, 403)
 * - `not-found` the provider does not know the job or the media (404)
 * - `conflict` something of that name or key is already there
 * - `rate-limited` too many calls, or too many jobs at once (429)
 * - `quota` credits or storage are used up (402)
 * - `unavailable` the provider or the network failed; the same call may succeed later
 * - `source-unreachable` the source could not be read
 * - `integrity` what arrived, or what is there, is not what was expected
 * - `stalled` the provider works on it without any change for too long
 * - `timeout` time ran out
 * - `aborted` the caller's signal fired, or the job was canceled
 * - `protocol` an answer that the provider's documentation does not allow
 * - `unknown` a call was sent and never answered: it may have taken effect
 */
export type ErrorCode =
  | 'invalid-request'
  | 'unsupported'
  | 'auth'
  | 'not-found'
  | 'conflict'
  | 'rate-limited'
  | 'quota'
  | 'unavailable'
  | 'source-unreachable'
  | 'integrity'
  | 'stalled'
  | 'timeout'
  | 'aborted'
  | 'protocol'
  | 'unknown';

/**
 * Whether the same thing may be tried again: `never` (it cannot help, or could pay twice), `later` (it may succeed after a
 * while, or after the cause is mended), `exhausted` (it was tried again until the limit).
 */
export type RetryAdvice = 'never' | 'later' | 'exhausted';

/** Everything a {@link SluiceError} can say, JSON-safe. */
export interface ErrorFields {
  code: ErrorCode;
  /** What happened and what to do next. Never holds a credential or a query string. */
  message: string;
  retry: RetryAdvice;
  /** The provider's name in the application's configuration. */
  provider?: string;
  /** The provider's own word or number for the error. */
  providerCode?: string;
  /** The HTTP status, if an answer came. */
  status?: number;
  /** The provider's id of the request, for its support desk. */
  requestId?: string;
  /** How long the provider asked to wait, in milliseconds. */
  retryAfterMs?: number;
  /** True when the call was sent and no usable answer came: it may have taken effect. */
  ambiguous?: boolean;
}

const brand = Symbol.for('sluice.error');

const defaultRetry: Partial<Record<ErrorCode, RetryAdvice>> = {
  auth: 'later',
  'rate-limited': 'later',
  quota: 'later',
  unavailable: 'later',
  'source-unreachable': 'later',
  timeout: 'later',
  stalled: 'later',
  aborted: 'later',
};

/**
 * The one error class. Two copies of this package in one process still recognise each other's errors, because
 * {@link SluiceError.is} looks for a registered symbol and not for the class.
 */
export class SluiceError extends Error implements ErrorFields {
  readonly code: ErrorCode;
  readonly retry: RetryAdvice;
  // Declared only, so that a printed error shows what it has and not what it could have.
  declare readonly provider?: string;
  declare readonly providerCode?: string;
  declare readonly status?: number;
  declare readonly requestId?: string;
  declare readonly retryAfterMs?: number;
  declare readonly ambiguous?: boolean;

  constructor(fields: Omit<ErrorFields, 'retry'> & { retry?: RetryAdvice; cause?: unknown }) {
    super(fields.message, fields.cause === undefined ? undefined : { cause: fields.cause });
    this.name = 'SluiceError';
    this.code = fields.code;
    this.retry = fields.retry ?? defaultRetry[fields.code] ?? 'never';
    if (fields.provider !== undefined) this.provider = fields.provider;
    if (fields.providerCode !== undefined) this.providerCode = fields.providerCode;
    if (fields.status !== undefined) this.status = fields.status;
    if (fields.requestId !== undefined) this.requestId = fields.requestId;
    if (fields.retryAfterMs !== undefined) this.retryAfterMs = fields.retryAfterMs;
    if (fields.ambiguous !== undefined) this.ambiguous = fields.ambiguous;
    Object.defineProperty(this, brand, { value: true });
  }

  /** True for an error of this class, also one made by another copy of the package. */
  static is(value: unknown): value is SluiceError {
    return typeof value === 'object' && value !== null && brand in value;
  }

  /** The error as plain JSON: the fields of {@link ErrorFields}, without stack and cause. */
  toJSON(): ErrorFields {
    const { code, message, retry } = this;
    const fields: ErrorFields = { code, message, retry };
    if (this.provider !== undefined) fields.provider = this.provider;
    if (this.providerCode !== undefined) fields.providerCode = this.providerCode;
    if (this.status !== undefined) fields.status = this.status;
    if (this.requestId !== undefined) fields.requestId = this.requestId;
    if (this.retryAfterMs !== undefined) fields.retryAfterMs = this.retryAfterMs;
    if (this.ambiguous !== undefined) fields.ambiguous = this.ambiguous;
    return fields;
  }
}

/** `error` as a {@link SluiceError}: itself, or wrapped under `code` with the original as its cause. */
export function toSluiceError(error: unknown, code: ErrorCode = 'protocol'): SluiceError {
  if (SluiceError.is(error)) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new SluiceError({ code, message, cause: error });
}
