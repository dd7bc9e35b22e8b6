// Imports a media file into Importly by its URL, and says what happens and what arrived.
// Usage: node main.js [URL]

import { createSluice, SluiceError } from '@sluice/core';
import { importly } from '@sluice/importly';

const { IMPORTLY_API_KEY, IMPORTLY_BASE_URL, SOURCE_URL } = process.env;

// Without a key there is no account to import into, so Importly is emulated on this machine.
const emulator = IMPORTLY_API_KEY ? undefined : await (await import('@sluice/emulator')).startEmulator();
const apiKey = emulator?.importly.apiKey ?? IMPORTLY_API_KEY ?? '';
const baseUrl = emulator?.importly.baseUrl ?? IMPORTLY_BASE_URL;
const source = process.argv[2] ?? SOURCE_URL ?? emulator?.media.files[0]?.url;

const sluice = createSluice({ providers: { importly: importly({ apiKey, baseUrl }) } });
try {
  if (source === undefined)
    throw new SluiceError({ code: 'invalid-request', message: 'name the URL to import: node main.js URL' });
  const job = await sluice.import({ source, options: { importly: { videoQuality: '720p' } } });
  for await (const event of job.events()) {
    if (event.type === 'state')
      console.log(`${event.state} (${event.phase}; Importly says ${event.rawState ?? 'nothing'})`);
    if (event.type === 'waiting') console.log(`waiting for a ${event.what}`);
    if (event.type === 'warning') console.log(`warning: ${event.warning.message}`);
    if (event.type === 'retry') console.log(`trying again at ${event.retryAt}: ${event.error.message}`);
  }
  const { items, cost } = await job.wait();
  for (const item of items) {
    if (!item.ok) continue;
    const { title, size, durationSeconds, url, expiresAt } = item.asset;
    console.log(`${title}: ${size} bytes, ${durationSeconds} s, at ${url} until ${expiresAt}`);
  }
  if (cost !== undefined) console.log(`cost: ${cost.amount} ${cost.unit}`);
} catch (error) {
  if (!SluiceError.is(error)) throw error;
  console.error(`${error.code}: ${error.message} (try again: ${error.retry})`);
  process.exitCode = 1;
} finally {
  await sluice.close();
  await emulator?.close();
}
