// Has the Video CDN fetch a file before all others that wait there, is called back when it has, and proves that the right bytes arrived.
// Usage: node main.js [URL]

import { once } from 'node:events';
import { createServer } from 'node:http';
import { createSluice, SluiceError } from '@sluice/core';
import { videoCdn } from '@sluice/video-cdn';

const { CDN_LOGIN = '', CDN_PASSWORD = '', CDN_BASE_URL, PUBLIC_URL, PORT = '0', SOURCE_URL } = process.env;

// Without credentials there is no account to import into, so the Video CDN is emulated on this machine.
const emulator = CDN_LOGIN ? undefined : await (await import('@sluice/emulator')).startEmulator();
const { login, password, baseUrl } = emulator?.videoCdn ?? {
  login: CDN_LOGIN,
  password: CDN_PASSWORD,
  baseUrl: CDN_BASE_URL,
};
const source = process.argv[2] ?? SOURCE_URL ?? emulator?.media.files[0]?.url;

// Where the CDN calls back. The path holds a token of the job's own, so whatever else comes here is refused.
const server = createServer((incoming, outgoing) => {
  const called = new Request(new URL(incoming.url ?? '/', publicUrl));
  void sluice.webhook('cdn', called).then(({ status, message }) => {
    console.log(`called back: ${message} (${status})`);
    outgoing.writeHead(status).end(message);
  });
});
server.listen(Number(PORT));
await once(server, 'listening');
const address = server.address();
const port = typeof address === 'object' ? address?.port : PORT;
const publicUrl = PUBLIC_URL ?? `http://127.0.0.1:${port}/webhooks`;

const sluice = createSluice({
  providers: { cdn: videoCdn({ login, password, baseUrl }) },
  webhooks: { publicUrl },
  // Sample media lie on this machine, where imports otherwise read nothing.
  network: { allowPrivateAddresses: emulator !== undefined },
});
try {
  if (source === undefined)
    throw new SluiceError({ code: 'invalid-request', message: 'name the URL to import: node main.js URL' });
  const job = await sluice.import({
    source,
    name: 'films/summer.mp4',
    // Read once here, before the start; the CDN holds what it fetched against it.
    expect: { sha256: 'compute', unchecked: 'fail' },
    priority: 10,
    options: { 'video-cdn': { speed: '130%' } },
  });
  for await (const event of job.events()) {
    if (event.type === 'state')
      console.log(`${event.state} (${event.phase}; the CDN says ${event.rawState ?? 'nothing'})`);
    if (event.type === 'warning') console.log(`warning: ${event.warning.message}`);
    if (event.type === 'retry') console.log(`trying again at ${event.retryAt}: ${event.error.message}`);
  }
  const { items } = await job.wait();
  for (const item of items) {
    if (!item.ok) continue;
    const { asset, checks, outcome } = item;
    console.log(`file ${asset.id} ${outcome} from ${source}: ${asset.size} bytes (${checks.size.outcome})`);
    console.log(`sha-256 ${asset.sha256} (${checks.sha256.outcome})`);
  }
} catch (error) {
  if (!SluiceError.is(error)) throw error;
  console.error(`${error.code}: ${error.message} (try again: ${error.retry})`);
  process.exitCode = 1;
} finally {
  server.close();
  server.closeAllConnections();
  await sluice.close();
  await emulator?.close();
}
