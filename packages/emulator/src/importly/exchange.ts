import { timingSafeEqual } from 'node:crypto';
import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Context } from 'hono';
import type { JsonAnswer } from '../faults/broken-answer.js';
import { answerThroughFaults, type ExchangeOutcome } from '../faults/exchange.js';
import type { FaultKind, FaultPoint } from '../faults/rule.js';
import { safeUrl } from '../log/redact.js';
import { concurrencyRefusal, rateRefusal, refusal } from './answers.js';
import type { ImportlyState } from './importly-state.js';
import type { ImportlyWindow } from './rate-limits.js';

/** One of Importly's endpoints. */
export interface Endpoint {
  /** Such as `/import/status`. */
  path: string;
  point: Extract<FaultPoint, 'start' | 'status' | 'metadata'>;
  window: ImportlyWindow;
  /** What the endpoint does with a request that was let in. */
  answer(call: Call): JsonAnswer | Promise<JsonAnswer>;
}

/** A request as it was read. */
export interface Call {
  /** The query of a GET, or the parsed body of a POST. */
  parameters: unknown;
  /** True where the body was no JSON. */
  malformed: boolean;
}

type ImportlyContext = Context<{ Bindings: HttpBindings }>;

/** Takes one request through faults, key and limits to the endpoint, and sends what it answers, whole or broken. */
export async function exchange(state: ImportlyState, context: ImportlyContext, endpoint: Endpoint): Promise<Response> {
  const call = await readCall(context);
  state.ledger.arrived(endpoint.window);
  const outcome = await answerThroughFaults(state.rooms, context.env.outgoing, {
    point: endpoint.point,
    subject: subjectOf(call),
    carryOut: () => admit(state, endpoint, { ...call, authorization: context.req.header('authorization') }),
    answerOfFault: (kind) => answerOfFault(state, endpoint, kind),
    headers: () => state.limits.headers(state.limits.look(endpoint.window)),
  });
  if (outcome) record(state, context, { endpoint, call, ...outcome });
  return RESPONSE_ALREADY_SENT;
}

async function admit(
  state: ImportlyState,
  endpoint: Endpoint,
  call: Call & { authorization: string | undefined },
): Promise<JsonAnswer> {
  if (!isKnownKey(state.settings.apiKeys, call.authorization)) return refusal(401, 'Invalid or missing API key');
  const verdict = state.limits.admit(endpoint.window);
  if (!verdict.allowed) {
    state.ledger.refused429 += 1;
    return rateRefusal(verdict, endpoint.path);
  }
  return call.malformed ? refusal(400, 'Invalid JSON') : await endpoint.answer(call);
}

/** What a fault says in Importly's own words; undefined for the kinds that break whatever is said. */
function answerOfFault(state: ImportlyState, endpoint: Endpoint, kind: FaultKind): JsonAnswer | undefined {
  switch (kind) {
    case 'rate-limit':
      return rateRefusal(
        { ...state.limits.look(endpoint.window), retryAfter: 1, reset: Date.now() + 1000 },
        endpoint.path,
      );
    case 'concurrency': {
      const { concurrentImports, concurrentMetadata } = state.settings.limits;
      const limit = endpoint.point === 'metadata' ? concurrentMetadata : concurrentImports;
      return concurrencyRefusal(limit, limit, endpoint.path);
    }
    case 'not-found':
      return refusal(404, 'Not found');
    case 'error-500-before':
    case 'error-500-after':
      return refusal(500, 'Internal Server Error');
    default:
      return undefined;
  }
}

async function readCall(context: ImportlyContext): Promise<Call> {
  if (context.req.method !== 'POST') return { parameters: context.req.query(), malformed: false };
  try {
    const parameters: unknown = JSON.parse(await context.req.text());
    return { parameters, malformed: false };
  } catch {
    return { parameters: undefined, malformed: true };
  }
}

/** What a fault rule's `match` is held against: the source's URL, or the job's id. */
function subjectOf({ parameters }: Call): string {
  return textParameter(parameters, 'url') ?? textParameter(parameters, 'id') ?? '';
}

/** A parameter's value, if it is there and is text. */
export function textParameter(parameters: unknown, name: string): string | undefined {
  if (typeof parameters !== 'object' || parameters === null) return undefined;
  const value: unknown = Reflect.get(parameters, name);
  return typeof value === 'string' ? value : undefined;
}

function isKnownKey(keys: readonly string[], authorization: string | undefined): boolean {
  const [, given = ''] = /^Bearer (.+)$/i.exec(authorization ?? '') ?? [];
  return keys.some((key) => key.length === given.length && timingSafeEqual(Buffer.from(key), Buffer.from(given)));
}

interface Outcome extends ExchangeOutcome {
  endpoint: Endpoint;
  call: Call;
}

function record(state: ImportlyState, context: ImportlyContext, outcome: Outcome): void {
  const { endpoint, call, status, struck, answer } = outcome;
  const { method } = context.req;
  state.ledger.answered({ method, endpoint: endpoint.path, parameters: call.parameters, status });
  const url = method === 'POST' ? textParameter(call.parameters, 'url') : undefined;
  const note = [url === undefined ? '' : safeUrl(url), brief(answer), struck ? `fault ${struck.kind}` : ''];
  state.rooms.log.add({
    provider: 'importly',
    method,
    path: context.env.incoming.url ?? '',
    status,
    note: note.filter((part) => part !== '').join(', '),
  });
}

/** The job and its state, or the error, out of an answer. */
function brief({ body }: JsonAnswer): string {
  const error = textParameter(body, 'error');
  if (error !== undefined) return error;
  const data: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, 'data') : undefined;
  const id = textParameter(data, 'jobId') ?? textParameter(data, 'id') ?? '';
  return `${id} ${textParameter(data, 'status') ?? ''}`.trim();
}
