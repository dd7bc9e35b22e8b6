import ky from 'ky';
import { SluiceError } from '../model/error.js';
import type { CallEffect, Http, HttpAnswer, HttpCall, Wire } from '../model/http.js';
import { redactText } from '../model/redact.js';
import { answerOf, parseJson, type ReadResponse, readResponse } from './answer.js';
import { timed } from './attempt.js';
import type { CallFetch, CallInit } from './call-fetch.js';
import { abortError, type Clock } from './clock.js';
import { connectionError, type FailureScope, refusalError, timeoutError } from './failure.js';
import { type RateReading, readRate } from './rate.js';
import { retrying } from './retry.js';
import { Stop, type StopSignal } from './stop.js';

/** One attempt of a call, for a log. The URL is without its query. */
export interface TraceEntry {
  method: string;
  url: string;
  attempt: number;
  /** Milliseconds. */
  took: number;
  /** The HTTP status, or the error's code. */
  outcome: number | string;
}

/** What {@link createHttp} works with. */
export interface HttpOptions {
  provider: string;
  wire: Wire;
  fetch: CallFetch;
  clock: Clock;
  /** For one attempt of a call that names no time of its own, in milliseconds. */
  timeoutMs: number;
  /** What must not appear in any text. */
  secrets: readonly string[];
  /** Stops calls that leave nothing behind, at once. */
  signal: StopSignal;
  /** Stops a call that counts: fires later than `signal`, so that a call on its way can still be answered. */
  effectSignal?: StopSignal;
  /** Asked before each attempt of a call that counts: throws when it must not be sent any more. */
  assertCurrent?(): void;
  /** Asked before a repeated attempt; false when a window is full. */
  admit?(): Promise<boolean>;
  /** Told what the provider says about its limits. */
  onRate?(reading: RateReading & { status: number }): void;
  trace?(entry: TraceEntry): void;
}

/** The one HTTP function, its layers in a fixed order: trace → retry → time-out per attempt → address guard → fetch. */
export function createHttp(options: HttpOptions): Http {
  return {
    call: (call) => {
      const effect = effectOf(call);
      const scope: FailureScope = { provider: options.provider, effect, secrets: options.secrets };
      return retrying((attempt) => traced({ call, attempt, options }, () => authorized(call, scope, options)), {
        effect,
        clock: options.clock,
        signal: options.signal,
        admit: options.admit ?? (async () => true),
      });
    },
  };
}

/** What a call leaves behind: as it says, else by its method. */
export function effectOf(call: HttpCall): CallEffect {
  return call.effect ?? (call.method === 'GET' ? 'none' : 'once');
}

async function traced<T extends { status: number }>(
  about: { call: HttpCall; attempt: number; options: HttpOptions },
  work: () => Promise<T>,
): Promise<T> {
  const { call, attempt, options } = about;
  if (options.trace === undefined) return work();
  const started = options.clock.now();
  const report = (outcome: number | string) =>
    options.trace?.({
      method: call.method,
      url: redactText(`${options.wire.baseUrl}${call.path}`, options.secrets),
      attempt,
      took: options.clock.now() - started,
      outcome,
    });
  try {
    const answer = await work();
    report(answer.status);
    return answer;
  } catch (error) {
    report(outcomeOf(error));
    throw error;
  }
}

function outcomeOf(error: unknown): number | string {
  if (typeof error !== 'object' || error === null) return 'error';
  if ('status' in error && typeof error.status === 'number') return error.status;
  return 'code' in error && typeof error.code === 'string' ? error.code : 'error';
}

/** A 401 surely did nothing: the call is made once more under a new authorization, whatever its effect. */
async function authorized(call: HttpCall, scope: FailureScope, options: HttpOptions): Promise<HttpAnswer> {
  const { authorize } = options.wire;
  if (authorize === undefined) return attemptCall(call, scope, options);
  const context = { http: unauthorizedHttp(options), now: options.clock.now() };
  const headers = await authorize(context);
  try {
    return await attemptCall({ ...call, headers: { ...headers, ...call.headers } }, scope, options);
  } catch (error) {
    if (!SluiceError.is(error) || error.status !== 401) throw error;
    const renewed = await authorize({ ...context, refused: headers });
    return attemptCall({ ...call, headers: { ...renewed, ...call.headers } }, scope, options);
  }
}

/** For the authorization itself. All calls of a provider share it, so no signal of one of them may stop it. */
export function unauthorizedHttp(options: HttpOptions): Http {
  const { authorize: _authorize, ...wire } = options.wire;
  const { provider, fetch, clock, timeoutMs, secrets } = options;
  return createHttp({ provider, wire, fetch, clock, timeoutMs, secrets, signal: new Stop() });
}

async function attemptCall(call: HttpCall, scope: FailureScope, options: HttpOptions): Promise<HttpAnswer> {
  const signal = signalFor(scope.effect, options);
  const signed = options.wire.sign === undefined ? call : await options.wire.sign(call, options.clock.now());
  const target = targetOf(signed, options);
  if (options.signal.aborted) throw abortError(options.signal);
  if (scope.effect !== 'none') options.assertCurrent?.();
  const { timeoutMs = options.timeoutMs } = call;
  const response = await timed(
    async (attempt) => {
      try {
        return await readResponse(await send(signed, target, { fetch: options.fetch, signal: attempt }), scope);
      } catch (error) {
        throw connectionError(error, scope);
      }
    },
    { timeoutMs, signal, clock: options.clock, timeoutError: () => timeoutError(timeoutMs, scope) },
  ).catch((error: unknown) => {
    throw cutShort(error, scope);
  });
  return judge(response, scope, options);
}

/** A call that counts and was aborted on its way may have taken effect. */
function cutShort(error: unknown, scope: FailureScope): unknown {
  if (scope.effect !== 'once' || !SluiceError.is(error) || error.code !== 'aborted') return error;
  return new SluiceError({ ...error.toJSON(), ambiguous: true, cause: error.cause });
}

function signalFor(effect: CallEffect, options: HttpOptions): StopSignal {
  return effect === 'none' ? options.signal : (options.effectSignal ?? options.signal);
}

function judge(response: ReadResponse, scope: FailureScope, options: HttpOptions): HttpAnswer {
  const rate = readRate(response.header, options.clock.now());
  const { retryAfterMs: _ofThisAnswer, ...allowance } = rate;
  if (response.status >= 200 && response.status < 300) {
    // Beside a success, Retry-After says when this job has news: nobody else need wait.
    options.onRate?.({ ...allowance, status: response.status });
    return answerOf(response, scope);
  }
  const refusal = {
    status: response.status,
    header: response.header,
    json: parseJson(response.text),
    text: response.text,
  };
  const details = options.wire.readError?.(refusal) ?? {};
  const error = refusalError(refusal, { ...scope, details, rate });
  const told = error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs };
  options.onRate?.({ ...allowance, ...told, status: response.status });
  throw error;
}

/** Where a call goes and with which headers. */
interface Target {
  url: string;
  headers: Headers;
}

/** Characters that the platform's headers hold, and that are refused where they are sent. */
const neverInHeader = /[^\t\x20-\x7e\x80-\xff]/;

/**
 * Read before anything is sent: what cannot be said over HTTP surely did nothing. The platform's own error would say the
 * value, which may be a key.
 */
function targetOf(call: HttpCall, { wire, provider }: HttpOptions): Target {
  try {
    const headers = new Headers({ accept: 'application/json', ...wire.headers, ...call.headers });
    const url = callUrl(wire.baseUrl, call);
    if ([...headers.values()].some((value) => neverInHeader.test(value))) throw new TypeError('a control character');
    if (!call.path.startsWith('/')) throw new TypeError('a path without its slash can lead to another host');
    return { url: new URL(url).href, headers };
  } catch {
    throw new SluiceError({
      code: 'invalid-request',
      message: `${provider}: the call cannot be made: its path is no path, or a header made from the settings holds a character that HTTP does not allow; nothing was sent`,
      provider,
    });
  }
}

/**
 * ky with everything of its own switched off that would be a second opinion: retries, time-out, throwing, redirects. Headers, body and signal go
 * past it: it would copy them with every copy that it makes of the request. The fetch is its own option, not a hook: what a hook answers counts
 * only if it is of the platform's class, and an application's fetch may have another one; then ky would send a call of its own.
 */
function send(
  call: HttpCall,
  { url, headers }: Target,
  { fetch, signal }: { fetch: CallFetch; signal: StopSignal },
): Promise<Response> {
  const { method } = call;
  if (call.json !== undefined && !headers.has('content-type')) headers.set('content-type', 'application/json');
  const body = bodyOf(call);
  const init: CallInit = { method, headers, redirect: 'manual', signal, ...(body !== undefined && { body }) };
  return ky(url, { method, fetch: () => fetch(url, init), retry: 0, timeout: false, throwHttpErrors: false });
}

function bodyOf({ json, form, multipart }: HttpCall): string | URLSearchParams | FormData | undefined {
  if (json !== undefined) return JSON.stringify(json);
  if (form !== undefined) return new URLSearchParams(form);
  return multipart === undefined ? undefined : multipartOf(multipart);
}

function multipartOf(fields: Record<string, string>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  return form;
}

function callUrl(baseUrl: string, call: HttpCall): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(call.query ?? {})) {
    if (value !== undefined) query.append(name, String(value));
  }
  const text = query.toString();
  return `${baseUrl.replace(/\/+$/, '')}${call.path}${text === '' ? '' : `?${text}`}`;
}
