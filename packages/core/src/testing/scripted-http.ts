import type { JsonValue } from '../model/json.js';
import { parseJson } from '../wire/answer.js';

/** A request as it arrived. */
export interface SentRequest {
  method: string;
  /** Without the query. */
  url: string;
  /** The URL's path. */
  path: string;
  query: Record<string, string>;
  /** By lower-case name. */
  headers: Record<string, string>;
  /** As text; empty where there is none. */
  body: string;
  /** The body as JSON; undefined where it is none. */
  json: JsonValue | undefined;
}

/**
 * How a call can end without an answer: `refused` (no connection was made: nothing was sent), `reset` (the connection broke
 * after the request was sent), `silent` (no answer ever comes: only a time-out or an abort ends the call).
 */
export type ScriptedFailure = 'refused' | 'reset' | 'silent';

/** What the other side does with one request. Status 200 unless said. */
export type ScriptedAnswer =
  | {
      status?: number;
      headers?: Record<string, string>;
      json: JsonValue /** The connection breaks in the middle of the body. */;
      cut?: boolean;
    }
  | { status?: number; headers?: Record<string, string>; text: string }
  | { failure: ScriptedFailure };

/** One answer in its turn, for the request that it expects. */
export interface ScriptedStep {
  /** Any when left out. */
  method?: string;
  /** Any when left out. */
  path?: string;
  answer: ScriptedAnswer;
}

/** A provider that answers by a script. */
export interface ScriptedHttp {
  /** In place of the platform's, wherever a `fetch` can be given. */
  fetch: typeof fetch;
  /** Every request that was sent, in order; one whose connection was refused is none. */
  readonly sent: readonly SentRequest[];
  /** @throws Error when a request came that the script does not expect, or an answer was never asked for */
  assertDone(): void;
}

/**
 * A `fetch` without a network: it answers by a list, each answer once and in order, or by a function of the request and
 * its number, counted from 0.
 */
export function scriptedHttp(
  script: readonly ScriptedStep[] | ((request: SentRequest, number: number) => ScriptedAnswer),
): ScriptedHttp {
  const sent: SentRequest[] = [];
  const problems: string[] = [];
  let turn = 0;
  const next = (request: SentRequest): ScriptedAnswer => {
    const number = turn;
    turn += 1;
    if (typeof script === 'function') return script(request, number);
    const step = script[number];
    const seen = `${request.method} ${request.path}`;
    const expected = `${step?.method ?? request.method} ${step?.path ?? request.path}`;
    if (step !== undefined && seen === expected) return step.answer;
    const problem = `request ${number + 1} is ${seen}; the script has ${step === undefined ? 'no more answers' : expected}`;
    problems.push(problem);
    throw new Error(`scripted HTTP: ${problem}`);
  };
  return {
    sent,
    fetch: async (input, init) => {
      const request = new Request(input, init);
      request.signal.throwIfAborted();
      const seen = await readRequest(request);
      const answer = next(seen);
      if (!('failure' in answer && answer.failure === 'refused')) sent.push(seen);
      return 'failure' in answer ? fail(answer.failure, request.signal) : respond(answer);
    },
    assertDone: () => {
      const left = typeof script === 'function' ? 0 : script.length - turn;
      if (left > 0) problems.push(`${left} answers were never asked for`);
      if (problems.length > 0) throw new Error(`scripted HTTP: ${problems.join('; ')}`);
    },
  };
}

async function readRequest(request: Request): Promise<SentRequest> {
  const url = new URL(request.url);
  const body = await request.text();
  return {
    method: request.method,
    url: `${url.origin}${url.pathname}`,
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: Object.fromEntries(request.headers),
    body,
    json: parseJson(body),
  };
}

function fail(failure: ScriptedFailure, signal: AbortSignal): Promise<Response> {
  if (failure === 'refused') return Promise.reject(networkError('ECONNREFUSED', 'connect ECONNREFUSED'));
  if (failure === 'reset') return Promise.reject(networkError('ECONNRESET', 'read ECONNRESET'));
  return new Promise((_resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
}

/** As the platform's fetch says it: the system's code is in the cause. */
function networkError(code: string, message: string): TypeError {
  return new TypeError('fetch failed', { cause: Object.assign(new Error(message), { code }) });
}

function respond(answer: Exclude<ScriptedAnswer, { failure: ScriptedFailure }>): Response {
  const { status = 200, headers = {} } = answer;
  if ('text' in answer) return new Response(answer.text === '' ? null : answer.text, { status, headers });
  const text = JSON.stringify(answer.json);
  const body = answer.cut === true ? cutBody(text) : text;
  return new Response(body, { status, headers: { 'content-type': 'application/json', ...headers } });
}

/** Half of the text, and then the connection is gone. */
function cutBody(text: string): ReadableStream<Uint8Array> {
  const half = new TextEncoder().encode(text.slice(0, text.length / 2));
  const chunks = [half];
  return new ReadableStream({
    pull(controller) {
      const chunk = chunks.shift();
      if (chunk === undefined) controller.error(networkError('ECONNRESET', 'terminated'));
      else controller.enqueue(chunk);
    },
  });
}
