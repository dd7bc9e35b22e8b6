import { SluiceError, toSluiceError } from '../model/error.js';
import type { Warning } from '../model/record.js';
import { isTransient } from '../wire/failure.js';
import type { Step } from './step.js';

/** The source's size in bytes before the start, or the reason why it cannot be seen from here. */
export async function measureSource(
  step: Step,
): Promise<{ size: number } | { unseen: string /** Looking again may help. */; passing?: SluiceError }> {
  const { request } = step.record;
  const source = request?.source;
  if (source === undefined || source.kind === 'integration') return { unseen: 'it is a bucket' };
  if (source.kind !== 'url') {
    return source.size === undefined ? { unseen: 'nobody said how long it is' } : { size: source.size };
  }
  const { signals, engine } = step;
  try {
    const { size } = await engine.sources.look(source.url, { signal: signals.stop.signal });
    return size === undefined ? { unseen: 'the source does not tell its size' } : { size };
  } catch (error) {
    if (signals.stop.aborted) throw error;
    const failure = step.redactThrown(toSluiceError(error, 'source-unreachable'));
    const isPassing = isTransient(failure) || failure.retry === 'later';
    return { unseen: failure.message, ...(isPassing && { passing: failure }) };
  }
}

/** An expected size that could not be held against the source before the start. */
export function unseenWarning(why: string): Warning {
  return { code: 'size-unseen', message: `expect.size was not held against the source before the start: ${why}` };
}

/** A size that must be known, and is not. */
export function sizeNeeded(step: Step, why: string): SluiceError {
  const { provider, record } = step;
  return new SluiceError({
    code: 'invalid-request',
    message: `${provider.name}: the size of ${record.display.source} must be known before the start (${why}); give it as expect.size; nothing was sent`,
    provider: provider.name,
  });
}
