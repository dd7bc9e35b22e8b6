// Has Firework import a video by its URL in the background, changes the video, and says what happens and what arrived.
// Usage: node main.js [URL]

import { createSluice, SluiceError } from '@sluice/core';
import { firework } from '@sluice/firework';

const { FW_CLIENT_ID = '', FW_CLIENT_SECRET = '', FW_CHANNEL_ID = '', SOURCE_URL } = process.env;

// Without credentials there is no business to import into, so Firework is emulated on this machine.
const emulator = FW_CLIENT_ID ? undefined : await (await import('@sluice/emulator')).startEmulator();
const { clientId, clientSecret, channelId, baseUrl } = emulator?.firework ?? {
  clientId: FW_CLIENT_ID,
  clientSecret: FW_CLIENT_SECRET,
  channelId: FW_CHANNEL_ID,
  baseUrl: process.env.FW_BASE_URL,
};
const source = process.argv[2] ?? SOURCE_URL ?? emulator?.media.files[0]?.url;

const sluice = createSluice({ providers: { shop: firework({ clientId, clientSecret, channelId, baseUrl }) } });
try {
  if (source === undefined)
    throw new SluiceError({ code: 'invalid-request', message: 'name the URL to import: node main.js URL' });
  const job = await sluice.import({
    source,
    metadata: { title: 'Summer clip', tags: ['summer'] },
    options: { firework: { async: true, access: 'private' } },
  });
  for await (const event of job.events()) {
    if (event.type === 'state')
      console.log(`${event.state} (${event.phase}; Firework says ${event.rawState ?? 'nothing'})`);
    if (event.type === 'waiting') console.log(`waiting for a ${event.what}`);
    if (event.type === 'warning') console.log(`warning: ${event.warning.message}`);
    if (event.type === 'retry') console.log(`trying again at ${event.retryAt}: ${event.error.message}`);
  }
  const { items } = await job.wait();
  for (const item of items) {
    if (!item.ok) continue;
    const { updateVideo } = sluice.provider('shop');
    const { id, caption, access } = await updateVideo(item.asset.id, { access: 'public' });
    console.log(`video ${id}, "${caption}", now ${access}, from ${source}`);
  }
} catch (error) {
  if (!SluiceError.is(error)) throw error;
  console.error(`${error.code}: ${error.message} (try again: ${error.retry})`);
  process.exitCode = 1;
} finally {
  await sluice.close();
  await emulator?.close();
}
