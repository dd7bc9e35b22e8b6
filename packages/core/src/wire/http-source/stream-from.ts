import { SluiceError } from '../../model/error.js';
import { redactUrl } from '../../model/redact.js';
import { sourceChanged } from '../../model/source-changed.js';
import type { SourceAnswer } from '../../model/source-fetch.js';
import { type Clock, systemClock } from '../clock.js';
import { onAbort } from '../on-abort.js';
import { isEncoded, isOk, readRange, refusedError, toldSize, validatorOf } from './answer.js';
import { type AskOptions, askSource } from './ask.js';

/** Which bytes of which file, as it was when it was looked at. */
export interface StreamPlace {
  url: string;
  /** Bytes of the whole. */
  size: number;
  /** Of the first byte. */
  position: number;
  validator: string | undefined;
}

/**
 * The bytes from a position to the end. A server that sends the whole all the same is read past what was not asked for.
 * @throws SluiceError `integrity` when the file is not what it was; `source-unreachable`, `auth`
 */
export async function streamFrom(place: StreamPlace, options: AskOptions): Promise<AsyncIterable<Uint8Array>> {
  const { url, position, validator } = place;
  const headers: Record<string, string> = {};
  if (position > 0) headers.range = `bytes=${position}-`;
  if (position > 0 && validator !== undefined) headers['if-range'] = validator;
  const answer = await askSource({ method: 'GET', url, headers }, options);
  try {
    assertSame(place, answer, options.clock ?? systemClock);
    return bodyOf(answer, { skip: answer.status === 206 ? 0 : position, signal: options.signal });
  } catch (error) {
    answer.discard();
    throw error;
  }
}

function assertSame({ url, size, position, validator }: StreamPlace, answer: SourceAnswer, clock: Clock): void {
  const name = redactUrl(url);
  const range = readRange(answer);
  const total = isOk(answer) || answer.status === 416 ? toldSize(answer, 'GET') : undefined;
  if (total !== undefined && total !== size) throw changed(`${name} had ${size} bytes and now has ${total}`);
  if (!isOk(answer)) throw refusedError(name, answer, clock.now());
  const now = validatorOf(answer);
  if (validator !== undefined && now !== undefined && now !== validator) throw changed(`${name} was changed`);
  if (answer.status !== 206) return;
  if (range?.from === position && !isEncoded(answer)) return;
  const message = `${name} was asked for the bytes from ${position} and answered with others`;
  throw new SluiceError({ code: 'source-unreachable', retry: 'never', message });
}

function changed(what: string): SluiceError {
  return sourceChanged(`${what} while it was read`);
}

async function* bodyOf(
  { body, discard }: SourceAnswer,
  { skip, signal }: { skip: number; signal: AbortSignal },
): AsyncGenerator<Uint8Array> {
  const forget = onAbort(signal, discard);
  try {
    let left = skip;
    for await (const chunk of body ?? []) {
      if (left < chunk.byteLength) yield left === 0 ? chunk : chunk.subarray(left);
      left = Math.max(0, left - chunk.byteLength);
    }
  } finally {
    forget();
    discard();
  }
}
