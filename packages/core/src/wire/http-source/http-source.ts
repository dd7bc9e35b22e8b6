import type { OpenBytes } from '../../model/bytes.js';
import type { ConfiguredSource, SourceContext } from '../../model/define-source.js';
import { SluiceError } from '../../model/error.js';
import { redactUrl } from '../../model/redact.js';
import type { SourceFetch } from '../../model/source-fetch.js';
import type { Clock } from '../clock.js';
import { rangedBytes } from '../ranged-bytes.js';
import type { AskOptions } from './ask.js';
import { lookHttp } from './look.js';
import { streamFrom } from './stream-from.js';

/** What the reader of http sources works with. */
export interface HttpSourceOptions {
  /** Under the address guard. Content is read as its user's context says. */
  fetch: SourceFetch;
  /** For the head of one answer, in milliseconds. */
  timeoutMs: number;
  clock?: Clock;
}

/** Sources behind `http` and `https`: servers without HEAD, without a length, without ranges are cases like any other. */
export function httpSource(options: HttpSourceOptions): ConfiguredSource {
  return {
    name: 'http',
    schemes: ['http', 'https'],
    look: async (url, { signal }) => {
      const { size, fingerprint } = await lookHttp(url, { ...options, signal });
      return { fingerprint, ...(size !== undefined && { size }) };
    },
    open: (url, context) => openHttp(url, context, { ...options, signal: context.signal }),
  };
}

async function openHttp(url: string, context: SourceContext, options: AskOptions): Promise<OpenBytes> {
  const told = await lookHttp(url, options, { ranges: true });
  const name = redactUrl(url);
  const size = told.size ?? context.expectedSize;
  if (size === undefined) {
    const message = `${name} does not tell its size; give it as expect.size`;
    throw new SluiceError({ code: 'unsupported', message });
  }
  return rangedBytes({
    name,
    size,
    fingerprint: told.fingerprint,
    seekable: told.ranges === true,
    openAt: (position, signal) =>
      streamFrom({ url, size, position, validator: told.validator }, { ...options, fetch: context.read, signal }),
    look: async () => {
      const now = await lookHttp(url, options);
      return { size: now.size ?? size, fingerprint: now.fingerprint };
    },
    signal: context.signal,
    idleTimeoutMs: context.idleTimeoutMs,
    ...(options.clock !== undefined && { clock: options.clock }),
  });
}
