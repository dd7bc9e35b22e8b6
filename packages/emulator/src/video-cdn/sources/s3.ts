import { BucketClient } from '../../object-store/bucket-client.js';
import type { VideoCdnState } from '../state.js';
import type { OpenLocation } from './open-location.js';
import { readSourceUrl } from './source-url.js';

/** Reads an object: `s3://access-key:secret-access-key@endpoint.host/bucket/path` (Import via API), path-style. */
export async function openS3(
  { settings }: VideoCdnState,
  location: string,
  signal: AbortSignal,
): Promise<OpenLocation> {
  const { username, password, path } = readSourceUrl(location);
  const [, bucket = '', key = ''] = /^\/([^/]+)\/(.+)$/s.exec(path) ?? [];
  if (bucket === '') throw new Error('the URL names no bucket and object');
  const { host } = new URL(location);
  const protocol = settings.s3Protocol === 'auto' ? protocolFor(host) : settings.s3Protocol;
  const account = {
    endpoint: `${protocol}://${host}`,
    region: settings.s3Region,
    accessKeyId: username,
    secretAccessKey: password,
  };
  const client = new BucketClient(account, signal);
  return { bytes: buffers(client.read({ bucket, key })), close: () => client.close() };
}

/** Nobody has a certificate for loopback. */
function protocolFor(host: string): 'http' | 'https' {
  return /^(localhost|127\.[\d.]+|\[::1\])(:\d+)?$/.test(host) ? 'http' : 'https';
}

async function* buffers(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  for await (const piece of bytes) yield Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
}
