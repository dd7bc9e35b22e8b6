import { timingSafeEqual } from 'node:crypto';
import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Context } from 'hono';
import type { JsonAnswer } from '../faults/broken-answer.js';
import { answerThroughFaults, type ExchangeOutcome } from '../faults/exchange.js';
import type { FaultKind } from '../faults/rule.js';
import { safeUrl } from '../log/redact.js';
import { refusal, written } from './answers.js';
import { shownCallback } from './callbacks.js';
import { endpoints } from './endpoints.js';
import type { VideoCdnPoint } from './ledger.js';
import type { VideoCdnState } from './state.js';

type VideoCdnContext = Context<{ Bindings: HttpBindings }>;

/** A request as it was read. */
interface Call {
  point: VideoCdnPoint;
  /** Without the one-time password. */
  form: Record<string, string>;
  otp: string | undefined;
  authorization: string | undefined;
}

/** Takes one request through faults and authorization to the endpoint, and sends what it answers, whole or broken. */
export async function exchange(
  state: VideoCdnState,
  context: VideoCdnContext,
  point: VideoCdnPoint,
): Promise<Response> {
  const call = await readCall(context, point);
  state.ledger.arrived(point, call.otp);
  const format = state.settings.answers;
  const outcome = await answerThroughFaults(state.rooms, context.env.outgoing, {
    point,
    subject: [call.form.name, call.form.location, call.form.filter_full_name, call.form.id].join(' '),
    carryOut: () => written(admit(state, call), format),
    answerOfFault: (kind) => {
      const answer = answerOfFault(kind);
      return answer && written(answer, format);
    },
    headers: () => ({}),
  });
  if (outcome) record(state, context, { ...outcome, call });
  return RESPONSE_ALREADY_SENT;
}

async function readCall(context: VideoCdnContext, point: VideoCdnPoint): Promise<Call> {
  const body = Object.fromEntries(new URLSearchParams(await context.req.text()));
  const { otp, ...form } = { ...context.req.query(), ...body };
  return { point, form, otp, authorization: context.req.header('authorization') };
}

function admit(state: VideoCdnState, call: Call): JsonAnswer {
  const refused = authorize(state, call);
  return refused === undefined ? endpoints[call.point](state, call.form) : refusal(401, refused);
}

/** @returns why the call is not let in */
function authorize({ settings, passwords }: VideoCdnState, { otp, authorization }: Call): string | undefined {
  if (otp !== undefined && settings.auth !== 'basic') {
    const wrong = passwords.take(otp, Date.now());
    return wrong === undefined ? undefined : `the one-time password is ${wrong}`;
  }
  if (authorization !== undefined && settings.auth !== 'otp') {
    return isOwner(authorization, settings) ? undefined : 'wrong login or password';
  }
  return `no ${settings.auth === 'otp' ? 'one-time password' : 'authorization'}`;
}

function isOwner(authorization: string, { login, password }: { login: string; password: string }): boolean {
  const [, given = ''] = /^Basic (.+)$/i.exec(authorization) ?? [];
  const [actual, expected] = [Buffer.from(given, 'base64'), Buffer.from(`${login}:${password}`)];
  return actual.length === expected.length && timingSafeEqual(actual, expected);
}

/** What a fault says in the Video CDN's own words; undefined for the kinds that break whatever is said. */
function answerOfFault(kind: FaultKind): JsonAnswer | undefined {
  switch (kind) {
    case 'rate-limit':
      return { ...refusal(429, 'too many requests'), headers: { 'retry-after': '1' } };
    case 'unauthorized':
      return refusal(401, 'wrong login or password');
    case 'not-found':
      return refusal(404, 'not found');
    case 'error-500-before':
    case 'error-500-after':
      return refusal(500, 'internal error');
    default:
      return undefined;
  }
}

function record(state: VideoCdnState, context: VideoCdnContext, outcome: ExchangeOutcome & { call: Call }): void {
  const { call, status, struck, answer } = outcome;
  const parameters = shownParameters(call);
  state.ledger.answered({ endpoint: call.point, parameters, status });
  const note = [parameters.name, parameters.location, brief(answer), struck && `fault ${struck.kind}`];
  state.rooms.log.add({
    provider: 'video-cdn',
    method: context.req.method,
    path: context.env.incoming.url ?? '',
    status,
    note: note.filter((part) => part !== undefined && part !== '').join(', '),
  });
}

function shownParameters({ form, otp }: Call): Record<string, string> {
  const { location, callback } = form;
  return {
    ...form,
    ...(location !== undefined && { location: safeUrl(location) }),
    ...(callback !== undefined && { callback: shownCallback(callback) }),
    ...(otp !== undefined && { otp: '***' }),
  };
}

/** The file and its state, or the error, out of an answer. */
function brief({ body }: JsonAnswer): string {
  if (Array.isArray(body)) return `${body.length} files`;
  if (typeof body !== 'object' || body === null) return '';
  return ['id', 'status', 'result', 'error']
    .flatMap((name) => {
      const value: unknown = Reflect.get(body, name);
      return typeof value === 'string' || typeof value === 'number' ? [String(value)] : [];
    })
    .join(' ');
}
