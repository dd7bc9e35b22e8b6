// Imports a media file through Importly into your own S3 bucket, and fails when it is not there afterwards.
// Usage: node main.js [URL]

import { createSluice, SluiceError } from '@sluice/core';
import { importly } from '@sluice/importly';

const { IMPORTLY_API_KEY, IMPORTLY_BASE_URL, SOURCE_URL } = process.env;

// Without a key there is no account to import into, so Importly and a bucket are emulated on this machine.
const emulator = IMPORTLY_API_KEY ? undefined : await (await import('@sluice/emulator')).startEmulator();
const apiKey = emulator?.importly.apiKey ?? IMPORTLY_API_KEY ?? '';
const baseUrl = emulator?.importly.baseUrl ?? IMPORTLY_BASE_URL;
const source = process.argv[2] ?? SOURCE_URL ?? emulator?.media.files[0]?.url;

const sluice = createSluice({ providers: { importly: importly({ apiKey, baseUrl }) } });
try {
  if (source === undefined)
    throw new SluiceError({ code: 'invalid-request', message: 'name the URL to import: node main.js URL' });
  const job = await sluice.import({
    source,
    // The folders and the name in the bucket; Importly appends the extension.
    name: 'videos/2024/my-video',
    options: {
      importly: {
        store: true,
        storageClass: 'STANDARD',
        // Without it a result without a location would leave open whether the file is in the bucket.
        storageReturnLocation: true,
      },
    },
  });
  const { items, warnings } = await job.wait();
  // Importly completes an import also when the upload to the bucket failed.
  const notStored = warnings.find(({ code }) => code === 'not-stored');
  if (notStored !== undefined) throw new SluiceError({ code: 'not-found', message: notStored.message });
  for (const item of items) if (item.ok) console.log(`stored: ${item.asset.url}`);
} catch (error) {
  if (!SluiceError.is(error)) throw error;
  console.error(`${error.code}: ${error.message}`);
  process.exitCode = 1;
} finally {
  await sluice.close();
  await emulator?.close();
}
