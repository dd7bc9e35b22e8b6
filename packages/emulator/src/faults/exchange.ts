import type { ServerResponse } from 'node:http';
import { pause } from '../server/pause.js';
import type { Rooms } from '../server/rooms.js';
import { type JsonAnswer, sendBroken, sendJson } from './broken-answer.js';
import type { FaultKind, FaultPoint, FaultRule } from './rule.js';

/** How one JSON call is answered where nothing goes wrong, and in which words it does. */
export interface Exchange {
  point: FaultPoint;
  /** What a rule's `match` is held against. */
  subject: string;
  /** Takes the request in. */
  carryOut(): JsonAnswer | Promise<JsonAnswer>;
  /** What a fault says in the provider's own words; undefined for the kinds that break whatever is said. */
  answerOfFault(kind: FaultKind): JsonAnswer | undefined;
  /** Headers of every answer. */
  headers(): Record<string, string>;
}

/** What became of an exchange. */
export interface ExchangeOutcome {
  answer: JsonAnswer;
  /** The status that the client got to see, or `null` where it saw none. */
  status: number | null;
  struck: FaultRule | undefined;
}

const NOTHING: JsonAnswer = { status: 500, headers: {}, body: {} };

/** Answers a call through the faults that are switched on; undefined where the emulator closed meanwhile. */
export async function answerThroughFaults(
  { faults, closing }: Pick<Rooms, 'faults' | 'closing'>,
  outgoing: ServerResponse,
  exchange: Exchange,
): Promise<ExchangeOutcome | undefined> {
  const before = faults.draw(exchange.point, 'before', exchange.subject);
  await pause(before.delayMs, closing);
  if (closing.aborted) {
    // The wait was cut short: nobody takes anything in any more.
    outgoing.destroy();
    return undefined;
  }
  let struck = before.rule;
  let answer = struck ? (exchange.answerOfFault(struck.kind) ?? NOTHING) : await exchange.carryOut();
  if (!struck && answer.status < 400) {
    const after = faults.draw(exchange.point, 'after', exchange.subject);
    await pause(after.delayMs, closing);
    struck = after.rule;
    answer = (struck && exchange.answerOfFault(struck.kind)) ?? answer;
  }
  const whole = { ...answer, headers: { ...answer.headers, ...exchange.headers() } };
  const status = struck ? sendBroken(outgoing, whole, struck.kind) : answer.status;
  if (!struck) sendJson(outgoing, whole);
  return { answer, status, struck };
}
