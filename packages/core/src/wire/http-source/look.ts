import type { SourceState } from '../../model/define-source.js';
import { SluiceError } from '../../model/error.js';
import { redactUrl } from '../../model/redact.js';
import type { SourceAnswer } from '../../model/source-fetch.js';
import { systemClock } from '../clock.js';
import { isOk, refusedError, toldSize, validatorOf } from './answer.js';
import { type AskOptions, askSource } from './ask.js';

/** What a server tells of a file. */
export interface HttpState extends SourceState {
  /** A strong ETag or a date, where it tells one. */
  validator?: string;
  /** Whether it can be read from a position; absent where that was not seen. */
  ranges?: boolean;
}

/**
 * By HEAD, or by asking for the first byte alone where HEAD is refused, breaks or does not tell: the size, and `ranges` where that is asked for.
 * @throws SluiceError `source-unreachable`, `auth`
 */
export async function lookHttp(url: string, options: AskOptions, { ranges = false } = {}): Promise<HttpState> {
  const head = await ask(url, 'HEAD', options).catch((error: unknown) => {
    // Some servers break the connection at a HEAD. What the guard refuses, it refuses again.
    if (options.signal.aborted || (SluiceError.is(error) && error.retry === 'never')) throw error;
    return undefined;
  });
  const told = head !== undefined && isOk(head) ? tellsOf(head, 'HEAD') : {};
  if (told.size !== undefined && (!ranges || told.ranges !== undefined)) return stateOf(told);
  const first = await ask(url, 'GET', options);
  const { clock = systemClock } = options;
  if (!isOk(first) && first.status !== 416) throw refusedError(redactUrl(url), first, clock.now());
  return stateOf({ ...told, ...tellsOf(first, 'GET') });
}

async function ask(url: string, method: 'HEAD' | 'GET', options: AskOptions): Promise<SourceAnswer> {
  const headers = method === 'GET' ? { range: 'bytes=0-0' } : {};
  const answer = await askSource({ method, url, headers }, options);
  answer.discard();
  return answer;
}

function tellsOf(answer: SourceAnswer, method: 'HEAD' | 'GET'): Omit<HttpState, 'fingerprint'> {
  const size = toldSize(answer, method);
  const validator = validatorOf(answer);
  return {
    ...(size !== undefined && { size }),
    ...(validator !== undefined && { validator }),
    ...rangesOf(answer, method),
  };
}

/** A HEAD that does not speak of ranges says nothing about them. */
function rangesOf({ status, header }: SourceAnswer, method: 'HEAD' | 'GET'): { ranges?: boolean } {
  if (method === 'GET') return { ranges: status === 206 };
  const told = header('accept-ranges')?.trim().toLowerCase();
  return told === undefined ? {} : { ranges: told === 'bytes' };
}

/** An ETag says all; a date is too coarse to stand alone. */
function stateOf(told: Omit<HttpState, 'fingerprint'>): HttpState {
  const { size = 'unknown', validator } = told;
  if (validator?.startsWith('"') === true) return { ...told, fingerprint: `etag ${validator}` };
  return { ...told, fingerprint: `size ${size}${validator === undefined ? '' : `, modified ${validator}`}` };
}
