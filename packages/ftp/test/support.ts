import { createHash, randomBytes } from 'node:crypto';
import type { OpenBytes, SourceContext } from '@sluice/core/adapter';
import { onTestFinished } from 'vitest';
import { ftp } from '../src/index.js';

/** A clip. */
export const bytes = randomBytes(3_000_000);

export const digest = (content: Uint8Array) => createHash('sha256').update(content).digest('hex');

/** What a source is given. */
export function context(more: Partial<SourceContext> = {}): SourceContext {
  return {
    signal: new AbortController().signal,
    resolve: async (host) => (host === 'localhost' ? '127.0.0.1' : host),
    fetch: globalThis.fetch,
    read: () => Promise.reject(new Error('nothing here is read over http')),
    network: {},
    idleTimeoutMs: 5_000,
    ...more,
  };
}

/** Opens what the test closes. */
export async function open(url: string, more: Partial<SourceContext> = {}): Promise<OpenBytes> {
  const opened = await ftp().open(url, context(more));
  onTestFinished(() => opened.close());
  return opened;
}

/** In pieces, from a position on. */
export async function readAll(opened: OpenBytes, from = 0): Promise<Buffer> {
  const whole = Buffer.alloc(opened.size - from);
  for (let at = 0; at < whole.byteLength; ) {
    const length = await opened.read(whole.subarray(at, at + 700_000), from + at);
    if (length === 0) break;
    at += length;
  }
  return whole;
}
