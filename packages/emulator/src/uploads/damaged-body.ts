import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FaultRule } from '../faults/rule.js';
import { throttled } from '../media/throttle.js';
import { pause } from '../server/pause.js';

/** Whether a fault strikes while the bytes come in, rather than before or after. */
export function isInBody({ kind }: FaultRule): boolean {
  return kind === 'reset-mid' || kind === 'stall' || kind === 'slow';
}

/** What is damaged, and on which wire. */
export interface DamagedBody {
  body: AsyncIterable<Buffer>;
  attempt: { size: number };
  incoming: IncomingMessage;
  outgoing: ServerResponse;
  closing: AbortSignal;
}

const SLOW_BYTES_PER_SECOND = 1024 * 1024;

/** The body as the fault lets it through: cut after so many bytes, standing still there, or slow. */
export function damageBody(rule: FaultRule, damaged: DamagedBody): AsyncIterable<Buffer> {
  if (rule.kind === 'slow') return throttled(damaged.body, rule.bytesPerSecond ?? SLOW_BYTES_PER_SECOND);
  const afterBytes = rule.afterBytes ?? Math.floor(damaged.attempt.size / 2);
  return struck(damaged.body, afterBytes, () => (rule.kind === 'stall' ? stall(rule, damaged) : reset(damaged)));
}

async function* struck(
  body: AsyncIterable<Buffer>,
  afterBytes: number,
  strike: () => Promise<void>,
): AsyncGenerator<Buffer> {
  let passed = 0;
  let isStruck = false;
  for await (const piece of body) {
    const left = afterBytes - passed;
    passed += piece.length;
    if (isStruck || passed < afterBytes) {
      yield piece;
      continue;
    }
    isStruck = true;
    if (left > 0) yield piece.subarray(0, left);
    await strike();
    if (left < piece.length) yield piece.subarray(Math.max(0, left));
  }
}

/** Reads nothing for so many real ms, or until one of both goes away. */
async function stall({ latencyMs }: FaultRule, { incoming, closing }: DamagedBody): Promise<void> {
  const gone = goneBy(incoming, closing);
  await (latencyMs === undefined ? gone : Promise.race([pause(latencyMs, closing), gone]));
  // Nothing is taken in any more.
  closing.throwIfAborted();
}

async function reset({ incoming, closing }: DamagedBody): Promise<void> {
  incoming.socket.resetAndDestroy();
  await goneBy(incoming, closing);
  throw new Error('the connection was reset');
}

/** Resolves when the connection is closed; the message itself closes as soon as all of it has been read. */
async function goneBy({ socket }: IncomingMessage, signal: AbortSignal): Promise<void> {
  if (!socket.closed) await once(socket, 'close', { signal }).catch(() => {});
}
