import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { OpenBytes } from '../../src/model/bytes.js';
import type { PartsTransfer } from '../../src/platform/byte-plane.js';
import { SendError, type SendFailure } from '../../src/platform/byte-plane.js';

/** Bytes that are all there. */
export function bytesOf(whole: Uint8Array): OpenBytes {
  return {
    size: whole.byteLength,
    fingerprint: 'the same',
    seekable: true,
    read: async (target, position) => {
      const stretch = whole.subarray(position, position + target.byteLength);
      target.set(stretch);
      return stretch.byteLength;
    },
    look: async () => ({ size: whole.byteLength, fingerprint: 'the same' }),
    close: async () => undefined,
  };
}

/** A transfer of `whole` in parts to `url`, which ends at its first failure unless `failed` says otherwise. */
export function transferOf(
  whole: Uint8Array,
  { url, partSize }: { url: string; partSize: number },
  own: Partial<PartsTransfer> = {},
): PartsTransfer {
  return {
    ...{ bytes: bytesOf(whole), partSize, inFlight: 4, digest: false, idleTimeoutMs: 20_000 },
    missing: Array.from({ length: Math.ceil(whole.byteLength / partSize) }, (_, index) => index + 1),
    signal: new AbortController().signal,
    moved: () => undefined,
    place: async (number) => ({ url: `${url}/${number}`, headers: {} }),
    arrived: async () => undefined,
    failed: async (failure: SendFailure) => {
      throw failure.cause ?? new SendError(failure);
    },
    ...own,
  };
}

/** Reads a whole request, then answers. */
export function taking(
  answer: (body: Buffer, response: ServerResponse, request: IncomingMessage) => void,
): RequestListener {
  return (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => answer(Buffer.concat(chunks), response, request));
  };
}
