// Uploads a video file to Firework, and says how it travels and what arrived.
// Usage: node main.js [FILE]

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSluice, SluiceError } from '@sluice/core';
import { fromFile } from '@sluice/core/node';
import { firework } from '@sluice/firework';

const { FW_CLIENT_ID = '', FW_CLIENT_SECRET = '', FW_CHANNEL_ID = '', SOURCE_URL } = process.env;

// Without credentials there is no business to upload to, so Firework is emulated on this machine.
const emulator = FW_CLIENT_ID ? undefined : await (await import('@sluice/emulator')).startEmulator();
const { clientId, clientSecret, channelId, baseUrl } = emulator?.firework ?? {
  clientId: FW_CLIENT_ID,
  clientSecret: FW_CLIENT_SECRET,
  channelId: FW_CHANNEL_ID,
  baseUrl: process.env.FW_BASE_URL,
};

const folder = await mkdtemp(join(tmpdir(), 'firework-upload-'));
const sluice = createSluice({ providers: { shop: firework({ clientId, clientSecret, channelId, baseUrl }) } });
try {
  const source = fromFile(process.argv[2] ?? (await downloadSample()));
  const plan = await sluice.plan({ source });
  console.log(`${plan.source}: ${plan.size} bytes, by the way "${plan.route?.way?.name}"`);

  const job = await sluice.import({ source, metadata: { title: 'Summer clip', tags: ['summer'] } });
  for await (const event of job.events()) {
    if (event.type === 'state') console.log(`${event.state} (${event.phase})`);
    if (event.type === 'progress') console.log(`sent ${event.progress.done} of ${event.progress.total} bytes`);
    if (event.type === 'waiting') console.log(`waiting for a ${event.what}`);
    if (event.type === 'warning') console.log(`warning: ${event.warning.message}`);
    if (event.type === 'retry') console.log(`trying again at ${event.retryAt}: ${event.error.message}`);
  }
  const { items } = await job.wait();
  for (const item of items) {
    if (item.ok) console.log(`video ${item.asset.id}, "${item.asset.title}", from ${plan.source}`);
  }
} catch (error) {
  if (!SluiceError.is(error)) throw error;
  console.error(`${error.code}: ${error.message} (try again: ${error.retry})`);
  process.exitCode = 1;
} finally {
  await sluice.close();
  await emulator?.close();
  await rm(folder, { recursive: true });
}

/** A real MP4, for those who name no file. */
async function downloadSample() {
  const url = SOURCE_URL ?? emulator?.media.files[0]?.url;
  if (url === undefined)
    throw new SluiceError({ code: 'invalid-request', message: 'name the file to upload: node main.js FILE' });
  const path = join(folder, 'sample.mp4');
  await writeFile(path, new Uint8Array(await (await fetch(url)).arrayBuffer()));
  return path;
}
