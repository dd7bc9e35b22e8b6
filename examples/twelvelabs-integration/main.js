// Has TwelveLabs import all files of a connected bucket, and says what became of each.
// Usage: node main.js [INTEGRATION]

import { createSluice, integration, SluiceError } from '@sluice/core';
import { twelvelabs } from '@sluice/twelvelabs';

const { TL_API_KEY = '', TL_INDEX_ID, TL_BASE_URL } = process.env;

// Without a key there is no account to import into, so TwelveLabs is emulated on this machine, with a bucket of its own.
const emulator = TL_API_KEY ? undefined : await (await import('@sluice/emulator')).startEmulator();
const { apiKey, indexId, baseUrl } = emulator?.twelvelabs ?? {
  apiKey: TL_API_KEY,
  indexId: TL_INDEX_ID,
  baseUrl: TL_BASE_URL,
};

const sluice = createSluice({ providers: { search: twelvelabs({ apiKey, indexId, baseUrl, pollIntervalMs: 500 }) } });
try {
  const id = process.argv[2] ?? (await fillBucket());
  const job = await sluice.import({
    source: integration(id),
    options: { twelvelabs: { incremental_import: true, user_metadata: { category: 'recentlyAdded', batch: 5 } } },
  });
  for await (const event of job.events()) {
    if (event.type === 'progress')
      console.log(`${event.progress.done} of ${event.progress.total} files have an outcome`);
    if (event.type === 'waiting') console.log(`waiting: ${event.why ?? event.what}`);
    if (event.type === 'warning') console.log(`warning: ${event.warning.message}`);
  }
  const { items } = await job.wait();
  for (const item of items) {
    console.log(item.ok ? `${item.ref}: video ${item.asset.id}` : `${item.ref}: ${item.error.message}`);
  }
} catch (error) {
  if (!SluiceError.is(error)) throw error;
  console.error(`${error.code}: ${error.message} (try again: ${error.retry})`);
  process.exitCode = 1;
} finally {
  await sluice.close();
  await emulator?.close();
}

/** Puts the sample files into the emulated bucket: one is fine, one too small, and one no media at all. */
async function fillBucket() {
  if (emulator === undefined) {
    throw new SluiceError({ code: 'invalid-request', message: 'name the integration: node main.js INTEGRATION' });
  }
  const { twelvelabs: provider, media } = emulator;
  for (const { name, url } of media.files) {
    await provider.addFile(`films/${name}`, new Uint8Array(await (await fetch(url)).arrayBuffer()));
  }
  await provider.addFile('films/notes.mp4', new TextEncoder().encode('these are notes'));
  return provider.integrationId;
}
