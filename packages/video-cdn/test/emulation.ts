import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSluice, type ImportRequest, type LogEntry, SluiceError, type SluiceOptions } from '@sluice/core';
import { type Emulator, type EmulatorOptions, startEmulator } from '@sluice/emulator';
import { onTestFinished } from 'vitest';
import { type VideoCdnSettings, videoCdn } from '../src/index.js';

/** What a test sets of the client. */
interface ClientOptions extends Omit<SluiceOptions, 'providers' | 'default'> {
  settings?: Partial<VideoCdnSettings> & { pollIntervalMs?: number; deadlineMs?: number; timeoutMs?: number };
  /** Whether the Video CDN can call back. */
  called?: boolean;
}

/** A Video CDN on loopback that does not tarry. */
export async function emulate(options: EmulatorOptions = {}): Promise<Emulator> {
  const emulator = await startEmulator({ ...options, videoCdn: { pullMs: 0, ...options.videoCdn } });
  onTestFinished(() => emulator.close());
  return emulator;
}

/** A client of it that looks often. */
export async function connect(emulator: Emulator, { settings, called = false, ...options }: ClientOptions = {}) {
  const { baseUrl, login, password } = emulator.videoCdn;
  const logged: LogEntry[] = [];
  const receiver = called ? await receive() : undefined;
  const sluice = createSluice({
    providers: { cdn: videoCdn({ baseUrl, login, password, pollIntervalMs: 20, ...settings }) },
    network: { allowPrivateAddresses: true },
    log: (entry) => logged.push(entry),
    ...(receiver && { webhooks: { publicUrl: receiver.url } }),
    ...options,
  });
  onTestFinished(() => sluice.close());
  receiver?.handTo((request) => sluice.webhook('cdn', request));
  /** Imports and waits for the end, however it is. */
  const bring = async (request: ImportRequest) => {
    const job = await sluice.import(request);
    const error = await job.wait({ timeoutMs: 20_000 }).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (error !== undefined && !SluiceError.is(error)) throw error;
    return { job, snapshot: job.snapshot, error, item: job.snapshot.items[0] };
  };
  return { sluice, bring, logged, receiver };
}

type Handler = (request: Request) => Promise<{ status: number; message: string }>;

/** Where the provider calls back: hands on what comes, and remembers what it was answered. */
async function receive() {
  const answered: { url: string; status: number; message: string }[] = [];
  let handler: Handler = async () => ({ status: 503, message: 'not ready' });
  const server = createServer((incoming, outgoing) => {
    const { port } = server.address() as AddressInfo;
    const { url = '', method = '' } = incoming;
    const gone = () => ({ status: 503, message: 'closed' });
    const handled = handler(new Request(`http://127.0.0.1:${port}${url}`, { method })).catch(gone);
    void handled.then(({ status, message }) => {
      answered.push({ url, status, message });
      outgoing.writeHead(status).end(message);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/webhooks`,
    answered,
    handTo: (next: Handler) => {
      handler = next;
    },
  };
}

/** A file that the emulator serves. */
export function sampleOf({ media }: Emulator, wanted = 'sample.mp4') {
  const file = media.files.find(({ name }) => name === wanted);
  if (file === undefined) throw new Error(`the emulator has no ${wanted}`);
  return file;
}
