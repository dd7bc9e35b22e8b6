import { createCalls, createFetch } from '#platform';
import type { NetworkOptions } from '../engine/sluice.js';
import { SluiceError } from '../model/error.js';
import { redactText, redactUrl } from '../model/redact.js';

const timeoutMs = 10_000;

/** What a look at an address told. */
export interface Reached {
  /** Of the answer; which one does not matter. */
  status: number;
  /** How long the answer took, in milliseconds. */
  tookMs: number;
  /** By how much this machine's clock is ahead of the other one, in milliseconds; absent where the answer has no date. */
  clockAheadMs?: number;
}

/**
 * Looks whether a configured address answers at all, over the same proxy and certificates as everything else. Sends no credential.
 * @throws SluiceError `unavailable` with the reason
 */
export async function reach(url: string, network: NetworkOptions = {}): Promise<Reached> {
  const { proxy, ca } = network;
  const options = { ...(proxy !== undefined && { proxy }), ...(ca !== undefined && { ca }) };
  const platform = createFetch({ ...options, guarded: false });
  const calls = createCalls(options, platform.fetch);
  const began = Date.now();
  try {
    const answer = await calls.fetch(url, {
      method: 'GET',
      headers: new Headers({ accept: '*/*' }),
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    const ended = Date.now();
    await answer.body?.cancel();
    const theirs = Date.parse(answer.headers.get('date') ?? '');
    return {
      status: answer.status,
      tookMs: ended - began,
      ...(!Number.isNaN(theirs) && { clockAheadMs: (began + ended) / 2 - theirs }),
    };
  } catch (cause) {
    throw new SluiceError({
      code: 'unavailable',
      message: `${redactUrl(url)} does not answer: ${reasonOf(cause)}`,
      cause,
    });
  } finally {
    await Promise.all([calls.close(), platform.close()]);
  }
}

/** What a fetch says is "fetch failed"; the reason is inside. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `nothing came within ${timeoutMs / 1_000} s`;
  const cause = error.cause instanceof Error ? error.cause : error;
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined;
  return redactText(cause.message === '' ? (code ?? 'no connection') : cause.message);
}
