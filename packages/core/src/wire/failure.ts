import { type ErrorCode, type ErrorFields, SluiceError } from '../model/error.js';
import type { CallEffect, HttpRefusal, RefusalDetails } from '../model/http.js';
import { redactText } from '../model/redact.js';
import { boundedWait, type RateReading } from './rate.js';

/** Whom a failure is about, and what must not be said. */
export interface FailureScope {
  provider: string;
  effect: CallEffect;
  secrets: readonly string[];
}

/** What the system was doing when it failed before a request could be sent: it surely did nothing. */
const connecting = new Set(['connect', 'getaddrinfo']);

/** The same, of errors that do not say it. */
const neverConnected = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'ERR_SOCKET_CONNECTION_TIMEOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_PRX_TLS',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_REVOKED',
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/** Those of a certificate that may be well, if one knew who signed it. */
const untrusted = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
]);

/** A call that ended without an answer: never connected, reset, cut. */
export function connectionError(error: unknown, scope: FailureScope): SluiceError {
  const ours = findInCauses(error, SluiceError.is);
  if (ours !== undefined) return ours;
  const code = causeText(error, 'code');
  const forbidden = findInCauses(error, isBadPort) !== undefined;
  const sent = !forbidden && !neverConnected.has(code ?? '') && !isConnecting(error);
  const why = forbidden ? ', and none ever will: fetch refuses this port. Serve it at another one' : adviceOf(code);
  const what = sent ? 'the connection broke before an answer came' : `no connection could be made${why}`;
  return new SluiceError({
    code: 'unavailable',
    message: `${scope.provider}: ${what}${code === undefined ? '' : ` (${code})`}`,
    provider: scope.provider,
    ...(forbidden && { retry: 'never' as const }),
    ...(sent && scope.effect === 'once' && { ambiguous: true }),
    cause: error,
  });
}

/** Of a host with several addresses, the error has that of each. */
function isConnecting(error: unknown): boolean {
  if (connecting.has(causeText(error, 'syscall') ?? '')) return true;
  const each = findInCauses(error, isAggregate)?.errors ?? [];
  return each.length > 0 && each.every(isConnecting);
}

function isAggregate(error: unknown): error is AggregateError {
  return error instanceof AggregateError;
}

function adviceOf(code: string | undefined): string {
  return untrusted.has(code ?? '')
    ? ': nobody known here signed its certificate; name the authority under network.ca'
    : '';
}

/** An attempt that took longer than `timeoutMs`. */
export function timeoutError(timeoutMs: number, scope: FailureScope): SluiceError {
  return new SluiceError({
    code: 'timeout',
    message: `${scope.provider}: no answer within ${timeoutMs / 1_000} s`,
    provider: scope.provider,
    ...(scope.effect === 'once' && { ambiguous: true }),
  });
}

/** An answer that cannot be read as the documentation says. */
export function protocolError(problem: string, scope: FailureScope & { status: number }): SluiceError {
  return new SluiceError({
    code: 'protocol',
    message: redactText(`${scope.provider}: ${problem}`, scope.secrets),
    provider: scope.provider,
    status: scope.status,
    ...(scope.effect === 'once' && { ambiguous: true }),
  });
}

/** An answer with a status other than 2xx. */
export function refusalError(
  refusal: HttpRefusal,
  scope: FailureScope & { details: RefusalDetails; rate: RateReading },
): SluiceError {
  const { details, rate } = scope;
  const code = details.code ?? codeOfStatus(refusal.status);
  const said = redactText(details.message ?? saidIn(refusal) ?? 'refused', scope.secrets).slice(0, longestSaying);
  const told = boundedWait(details.retryAfterMs) ?? rate.retryAfterMs;
  const retryAfterMs = code === 'rate-limited' ? (told ?? rate.exhaustedForMs) : told;
  const requestId = details.requestId ?? refusal.header('x-request-id') ?? refusal.header('request-id');
  const fields: ErrorFields = {
    code,
    message: `${scope.provider}: ${said} (HTTP ${refusal.status})${advice[code] ?? ''}`,
    retry: details.retry ?? (transient.has(code) || code === 'auth' || code === 'quota' ? 'later' : 'never'),
    provider: scope.provider,
    status: refusal.status,
  };
  if (details.providerCode !== undefined) fields.providerCode = redactText(details.providerCode, scope.secrets);
  if (requestId !== undefined) fields.requestId = requestId;
  if (retryAfterMs !== undefined && transient.has(code)) fields.retryAfterMs = retryAfterMs;
  if (scope.effect === 'once' && details.refused !== true && leavesUnknown(refusal.status)) fields.ambiguous = true;
  return new SluiceError(fields);
}

/** A page of HTML in place of a message helps nobody. Characters. */
const longestSaying = 500;

const transient = new Set<ErrorCode>(['rate-limited', 'unavailable', 'timeout']);

/** True for an error that the same call may not meet again. */
export function isTransient(error: SluiceError): boolean {
  return transient.has(error.code) && error.retry === 'later';
}

/** Answers that make no sense are asked for again so often in a row. */
const mostGarbled = 4;

/**
 * True for an error that the same call may not meet again, after so many failures in a row: also for a 2xx that is no answer of the provider's,
 * as long as it may be the page of a proxy that stands in the way for a moment.
 */
export function mayPass(error: SluiceError, failures: number): boolean {
  if (isTransient(error)) return true;
  const { code, status, ambiguous } = error;
  const garbled = code === 'protocol' && ambiguous !== true && status !== undefined && status < 300;
  return garbled && failures + 1 < mostGarbled;
}

const advice: Partial<Record<ErrorCode, string>> = {
  auth: '; check the credentials in the settings of this provider',
  quota: '; add credits or space at the provider, then retry',
};

/** 408 and 5xx say nothing certain about what was done with the request. */
function leavesUnknown(status: number): boolean {
  return status === 408 || status >= 500;
}

function codeOfStatus(status: number): ErrorCode {
  if (status === 401 || status === 403) return 'auth';
  if (status === 402) return 'quota';
  if (status === 404 || status === 410) return 'not-found';
  if (status === 408) return 'timeout';
  if (status === 409) return 'conflict';
  if (status === 425 || status >= 500) return 'unavailable';
  if (status === 429) return 'rate-limited';
  return status >= 400 ? 'invalid-request' : 'protocol';
}

/** The message of a body that follows one of the usual forms, or where a redirect wanted to go. */
function saidIn({ status, json, header }: HttpRefusal): string | undefined {
  if (status >= 300 && status < 400) {
    return `it redirects to ${header('location') ?? 'nowhere'}, which is not followed with a call; correct baseUrl`;
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return undefined;
  return [json.message, json.error, json.error_message, json.detail].find((value) => typeof value === 'string');
}

/** The fetch standard's list of ports that are no web server's. It is told by its words alone. */
function isBadPort(error: unknown): error is Error {
  return error instanceof Error && error.message === 'bad port';
}

/** The first text of that name along the chain of causes. */
function causeText(error: unknown, name: 'code' | 'syscall'): string | undefined {
  const withText = (value: unknown): value is { [Name in typeof name]: string } =>
    typeof value === 'object' && value !== null && typeof Reflect.get(value, name) === 'string';
  return findInCauses(error, withText)?.[name];
}

function findInCauses<T>(error: unknown, matches: (value: unknown) => value is T): T | undefined {
  for (let cause = error, depth = 0; cause !== undefined && cause !== null && depth < 8; depth += 1) {
    if (matches(cause)) return cause;
    cause = typeof cause === 'object' && 'cause' in cause ? cause.cause : undefined;
  }
  return undefined;
}
