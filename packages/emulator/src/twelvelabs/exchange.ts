import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Context } from 'hono';
import type { JsonAnswer } from '../faults/broken-answer.js';
import { answerThroughFaults, type ExchangeOutcome } from '../faults/exchange.js';
import type { FaultKind, FaultPoint } from '../faults/rule.js';
import { boundaryOf } from '../server/multipart-form.js';
import { refusal } from './answers.js';
import type { TwelvelabsState } from './twelvelabs-state.js';

/** The endpoints that faults can be switched on at. */
export type TwelvelabsPoint = Extract<
  FaultPoint,
  | 'index'
  | 'import'
  | 'import-status'
  | 'import-logs'
  | 'asset'
  | 'asset-list'
  | 'asset-status'
  | 'upload-session'
  | 'upload-urls'
  | 'upload-report'
  | 'upload-list'
  | 'index-asset'
  | 'indexed-status'
>;

/** One of TwelveLabs' endpoints. */
export interface Endpoint {
  method: 'GET' | 'POST' | 'DELETE';
  /** Such as `/assets/:id`. */
  path: string;
  point: TwelvelabsPoint;
  answer(call: Call): JsonAnswer | Promise<JsonAnswer>;
}

/** A request as it was read. */
export interface Call {
  /** The `:id` of the path, and the id behind it where there are two. */
  id: string;
  second: string;
  query: Record<string, string>;
  /** JSON; of a form what was read of it so far. */
  body: unknown;
  /** True where the body is not what its Content-Type says. */
  malformed: boolean;
  /** Set where the body is a multipart form, which is still to be read. */
  form: { boundary: string; incoming: IncomingMessage } | undefined;
}

type TwelvelabsContext = Context<{ Bindings: HttpBindings }>;

/** Takes one request through faults, key and limit to the endpoint, and sends what it answers, whole or broken. */
export async function exchange(
  state: TwelvelabsState,
  context: TwelvelabsContext,
  endpoint: Endpoint,
): Promise<Response> {
  const { incoming, outgoing } = context.env;
  const call = await readCall(context);
  const key = context.req.header('x-api-key');
  state.ledger.count(endpoint.point);
  const outcome = await answerThroughFaults(state.rooms, outgoing, {
    point: endpoint.point,
    subject: [call.id, call.second].filter((part) => part !== '').join('/'),
    carryOut: () => admit(state, endpoint, { call, key }),
    answerOfFault: (kind) => answerOfFault(state, kind),
    headers: () => state.limit.headers(),
  });
  // A form that was refused may still be on its way.
  incoming.resume();
  if (outcome) record(state, context, { call, ...outcome });
  return RESPONSE_ALREADY_SENT;
}

async function admit(
  state: TwelvelabsState,
  endpoint: Endpoint,
  { call, key }: { call: Call; key: string | undefined },
): Promise<JsonAnswer> {
  if (!isKnownKey(state.settings.apiKeys, key ?? '')) return refusal(401, 'api_key_invalid', 'The API key is invalid');
  if (!state.limit.admit()) {
    state.ledger.count('refused429');
    return tooMany(state);
  }
  if (call.malformed) return refusal(400, 'parameter_invalid', 'The body cannot be read');
  try {
    return await endpoint.answer(call);
  } catch (error) {
    state.rooms.closing.throwIfAborted();
    const message = error instanceof Error ? error.message : 'unknown error';
    const { method, path } = endpoint;
    state.rooms.log.add({ provider: 'twelvelabs', method, path, status: 500, note: message });
    return refusal(500, 'internal_server_error', 'Internal Server Error');
  }
}

function tooMany({ settings }: TwelvelabsState): JsonAnswer {
  if (settings.emptyRefusals) return { status: 429, headers: {}, body: undefined };
  return refusal(429, 'too_many_requests', 'You have reached the rate limit');
}

/** What a fault says in TwelveLabs' own words; undefined for the kinds that break whatever is said. */
function answerOfFault(state: TwelvelabsState, kind: FaultKind): JsonAnswer | undefined {
  switch (kind) {
    case 'rate-limit':
      return { ...tooMany(state), headers: { 'retry-after': '1' } };
    case 'concurrency':
      return refusal(state.settings.busy.status, state.settings.busy.code, 'Another import is running');
    case 'unauthorized':
      return refusal(401, 'api_key_invalid', 'The API key is invalid');
    case 'not-found':
      return refusal(404, 'resource_not_exists', 'Not found');
    case 'error-500-before':
    case 'error-500-after':
      return refusal(500, 'internal_server_error', 'Internal Server Error');
    default:
      return undefined;
  }
}

async function readCall({ req, env }: TwelvelabsContext): Promise<Call> {
  const call = {
    id: req.param('id') ?? '',
    second: req.param('second') ?? '',
    query: req.query(),
    body: undefined,
    malformed: false,
    form: undefined,
  };
  if (req.method !== 'POST') return call;
  const contentType = req.header('content-type');
  const boundary = boundaryOf(contentType);
  if (boundary !== undefined) return { ...call, body: {}, form: { boundary, incoming: env.incoming } };
  try {
    const body: unknown = JSON.parse(await req.text());
    return { ...call, body };
  } catch {
    return { ...call, malformed: true };
  }
}

function isKnownKey(keys: readonly string[], given: string): boolean {
  return keys.some((key) => key.length === given.length && timingSafeEqual(Buffer.from(key), Buffer.from(given)));
}

function record(state: TwelvelabsState, context: TwelvelabsContext, outcome: ExchangeOutcome & { call: Call }): void {
  const { call, status, struck, answer } = outcome;
  const { method } = context.req;
  const path = context.req.path.replace(/^\/twelvelabs/, '');
  state.ledger.answered({ method, path, query: call.query, body: call.body, status });
  const said = ['message', '_id', 'upload_id'].map((name) => textOf(answer.body, name)).find((text) => text !== '');
  state.rooms.log.add({
    provider: 'twelvelabs',
    method,
    path: context.env.incoming.url ?? '',
    status,
    note: [said ?? '', struck ? `fault ${struck.kind}` : ''].filter((part) => part !== '').join(', '),
  });
}

function textOf(body: unknown, name: string): string {
  if (typeof body !== 'object' || body === null) return '';
  const value: unknown = Reflect.get(body, name);
  return typeof value === 'string' ? value : '';
}
