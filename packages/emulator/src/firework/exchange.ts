import type { IncomingMessage } from 'node:http';
import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Context } from 'hono';
import type { JsonAnswer } from '../faults/broken-answer.js';
import { answerThroughFaults, type ExchangeOutcome } from '../faults/exchange.js';
import type { FaultKind, FaultPoint } from '../faults/rule.js';
import { boundaryOf } from '../server/multipart-form.js';
import { rateRefusal, refusal } from './answers.js';
import type { FireworkState } from './firework-state.js';

/** The endpoints that faults can be switched on at. */
export type FireworkPoint = Extract<
  FaultPoint,
  'token' | 'signature' | 'multipart-signatures' | 'complete' | 'create' | 'import-status' | 'video' | 'update'
>;

/** One of Firework's endpoints. */
export interface Endpoint {
  method: 'GET' | 'POST' | 'PATCH';
  /** Such as `/api/v1/videos/:id`. */
  path: string;
  point: FireworkPoint;
  /** None for the token itself. */
  scope?: 'videos:read' | 'videos:write';
  answer(call: Call): JsonAnswer | Promise<JsonAnswer>;
}

/** A request as it was read. */
export interface Call {
  /** The `:id` of the path. */
  id: string;
  authorization: string | undefined;
  /** JSON, or the text of a form; of a multipart form what was read of it so far. */
  body: unknown;
  /** True where the body is not what its Content-Type says. */
  malformed: boolean;
  /** Set where the body is a multipart form, which is still to be read. */
  form: { boundary: string; incoming: IncomingMessage } | undefined;
}

type FireworkContext = Context<{ Bindings: HttpBindings }>;

/** Takes one request through faults, token and scope to the endpoint, and sends what it answers, whole or broken. */
export async function exchange(state: FireworkState, context: FireworkContext, endpoint: Endpoint): Promise<Response> {
  const { incoming, outgoing } = context.env;
  const call = await readCall(context);
  state.ledger.count(endpoint.point);
  const outcome = await answerThroughFaults(state.rooms, outgoing, {
    point: endpoint.point,
    subject: subjectOf(call),
    carryOut: () => admit(state, endpoint, call).catch((error: unknown) => broken(state, endpoint, error)),
    answerOfFault,
    headers: () => ({}),
  });
  // A form that was refused may still be on its way.
  incoming.resume();
  if (outcome) record(state, context, { call, ...outcome });
  return RESPONSE_ALREADY_SENT;
}

async function admit(state: FireworkState, endpoint: Endpoint, call: Call): Promise<JsonAnswer> {
  if (endpoint.scope !== undefined) {
    const scopes = state.tokens.scopesOf(call.authorization);
    if (!scopes) return refusal(401, 'Invalid or missing authentication token');
    if (!scopes.includes(endpoint.scope)) return refusal(403, `Insufficient permissions: needs ${endpoint.scope}`);
  }
  return call.malformed ? refusal(400, 'Malformed request body') : await endpoint.answer(call);
}

/** Something of the emulator's own went wrong, such as a bucket that is not there: a server's 500. */
function broken({ rooms }: FireworkState, { method, path }: Endpoint, error: unknown): JsonAnswer {
  const note = error instanceof Error ? error.message : String(error);
  rooms.log.add({ provider: 'firework', method, path, status: 500, note });
  return refusal(500, 'Internal Server Error');
}

/** What a fault says in Firework's own words; undefined for the kinds that break whatever is said. */
function answerOfFault(kind: FaultKind): JsonAnswer | undefined {
  switch (kind) {
    case 'rate-limit':
      return rateRefusal(undefined);
    case 'unauthorized':
      return refusal(401, 'Invalid or missing authentication token');
    case 'not-found':
      return refusal(404, 'Not found');
    case 'error-408':
      return refusal(408, 'Request Timeout');
    case 'error-500-before':
    case 'error-500-after':
      return refusal(500, 'Internal Server Error');
    default:
      return undefined;
  }
}

async function readCall({ req, env }: FireworkContext): Promise<Call> {
  const call = { id: req.param('id') ?? '', authorization: req.header('authorization'), form: undefined };
  if (req.method === 'GET') return { ...call, body: undefined, malformed: false };
  const contentType = req.header('content-type');
  const boundary = boundaryOf(contentType);
  if (boundary !== undefined) {
    return { ...call, body: {}, malformed: false, form: { boundary, incoming: env.incoming } };
  }
  const text = await req.text();
  if (/^application\/x-www-form-urlencoded\b/i.test(contentType ?? ''))
    return { ...call, body: text, malformed: false };
  if (!/^application\/json\b/i.test(contentType ?? '')) return { ...call, body: undefined, malformed: true };
  try {
    const body: unknown = JSON.parse(text);
    return { ...call, body, malformed: false };
  } catch {
    return { ...call, body: undefined, malformed: true };
  }
}

const SUBJECTS = ['url', 's3_key', 'key', 'filename', 'caption'] as const;

/** What a fault rule's `match` is held against: what the request is about. */
function subjectOf({ id, body }: Call): string {
  if (id !== '') return id;
  return SUBJECTS.map((name) => textOf(body, name)).find((text) => text !== undefined) ?? '';
}

/** A member's value, if it is there and is text. */
function textOf(body: unknown, name: string): string | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const value: unknown = Reflect.get(body, name);
  return typeof value === 'string' ? value : undefined;
}

function record(state: FireworkState, context: FireworkContext, outcome: ExchangeOutcome & { call: Call }): void {
  const { call, status, struck, answer } = outcome;
  const { method } = context.req;
  const path = context.req.path.replace(/^\/firework/, '');
  const body = typeof call.body === 'string' ? withoutSecret(call.body) : call.body;
  state.ledger.answered({ method, path, body, status });
  const said = textOf(answer.body, 'error') ?? textOf(answer.body, 'id') ?? textOf(answer.body, 'key') ?? '';
  state.rooms.log.add({
    provider: 'firework',
    method,
    path: context.env.incoming.url ?? '',
    status,
    note: [said, struck ? `fault ${struck.kind}` : ''].filter((part) => part !== '').join(', '),
  });
}

function withoutSecret(form: string): Record<string, string> {
  const { client_secret, ...rest } = Object.fromEntries(new URLSearchParams(form));
  return client_secret === undefined ? rest : { ...rest, client_secret: '***' };
}
