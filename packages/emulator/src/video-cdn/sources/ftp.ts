import { PassThrough } from 'node:stream';
import { Client } from 'basic-ftp';
import type { OpenLocation } from './open-location.js';
import { readSourceUrl } from './source-url.js';

const IDLE_TIMEOUT_MS = 30_000;

/** Reads a file in passive mode. A path is looked for below the folder that the server begins in. */
export async function openFtp(location: string, signal: AbortSignal): Promise<OpenLocation> {
  const { host, port, username, password, path } = readSourceUrl(location);
  const client = new Client(IDLE_TIMEOUT_MS);
  const abort = () => client.close();
  signal.addEventListener('abort', abort, { once: true });
  const close = async () => {
    signal.removeEventListener('abort', abort);
    client.close();
  };
  try {
    signal.throwIfAborted();
    const account = username === '' ? {} : { user: username, password };
    await client.access({ host, port: port || 21, ...account });
    const bytes = new PassThrough();
    // It may fail before anybody reads it; whoever does then finds the error.
    bytes.on('error', () => undefined);
    // The transfer's end, good or bad, is the stream's.
    void client.downloadTo(bytes, path.replace(/^\//, '')).catch((error: Error) => bytes.destroy(error));
    return { bytes, close };
  } catch (error) {
    await close();
    throw error;
  }
}
