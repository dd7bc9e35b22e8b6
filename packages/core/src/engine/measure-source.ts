import { toSluiceError } from '../model/error.js';
import type { Warning } from '../model/record.js';
import { sourceScheme } from '../model/source.js';
import { lookHttp } from '../wire/http-source/look.js';
import { overFetch } from '../wire/http-source/over-fetch.js';
import type { Step } from './step.js';

/** The source's size in bytes before the start, or the reason why it cannot be seen from here. */
export async function measureSource(step: Step): Promise<{ size?: number } | { warning: Warning }> {
  const source = step.record.request?.source;
  const scheme = source === undefined ? undefined : sourceScheme(source);
  if (source?.kind !== 'url' || (scheme !== 'http' && scheme !== 'https')) {
    return { warning: unseen(`a size behind ${scheme ?? source?.kind} cannot be asked for from here`) };
  }
  const { engine, provider, signals } = step;
  try {
    const { size } = await lookHttp(source.url, {
      fetch: overFetch(engine.guardedFetch),
      timeoutMs: provider.timeoutMs,
      signal: signals.stop,
      clock: engine.clock,
    });
    return size === undefined ? { warning: unseen('the source does not tell its size') } : { size };
  } catch (error) {
    if (signals.stop.aborted) throw error;
    return { warning: unseen(step.redact(toSluiceError(error).message)) };
  }
}

function unseen(why: string): Warning {
  return { code: 'size-unseen', message: `expect.size was not held against the source before the start: ${why}` };
}
