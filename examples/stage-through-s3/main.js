// Brings a local file to Importly, which takes URLs only: through a bucket of your own, which is empty again afterwards.
// Usage: node main.js [FILE]

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSluice, SluiceError } from '@sluice/core';
import { fromFile } from '@sluice/core/node';
import { importly } from '@sluice/importly';
import { s3Staging } from '@sluice/s3';

const { IMPORTLY_API_KEY = '', IMPORTLY_BASE_URL, S3_ENDPOINT, S3_REGION = 'auto' } = process.env;
const { S3_BUCKET = '', S3_ACCESS_KEY_ID = '', S3_SECRET_ACCESS_KEY = '' } = process.env;

// Without a bucket there is nothing to stage in, so Importly and a store are emulated on this machine.
const emulator = S3_BUCKET ? undefined : await (await import('@sluice/emulator')).startEmulator();
const { apiKey, baseUrl } = emulator?.importly ?? { apiKey: IMPORTLY_API_KEY, baseUrl: IMPORTLY_BASE_URL };
const { endpoint, region, bucket, accessKeyId, secretAccessKey } = emulator?.s3 ?? {
  endpoint: S3_ENDPOINT,
  region: S3_REGION,
  bucket: S3_BUCKET,
  accessKeyId: S3_ACCESS_KEY_ID,
  secretAccessKey: S3_SECRET_ACCESS_KEY,
};

const folder = await mkdtemp(join(tmpdir(), 'stage-through-s3-'));
const sluice = createSluice({
  providers: { importly: importly({ apiKey, baseUrl }) },
  staging: s3Staging({ endpoint, region, bucket, accessKeyId, secretAccessKey }),
});
try {
  const source = fromFile(process.argv[2] ?? (await sampleFile()));
  const { source: from, route, traffic } = await sluice.plan({ source });
  console.log(`${from}: ${route?.kind}, ${route?.why}; ${traffic?.out} bytes go out from here`);
  const job = await sluice.import({ source });
  const { items, warnings } = await job.wait();
  for (const item of items) if (item.ok) console.log(`asset ${item.asset.id}: ${item.asset.size} bytes`);
  for (const { message } of warnings) console.log(`warning: ${message}`);
  const { strays } = await sluice.gc({ olderThanMs: 0, dryRun: true });
  console.log(`left in the bucket: ${strays.length}`);
} catch (error) {
  if (!SluiceError.is(error)) throw error;
  console.error(`${error.code}: ${error.message} (try again: ${error.retry})`);
  process.exitCode = 1;
} finally {
  await sluice.close();
  await emulator?.close();
  await rm(folder, { recursive: true });
}

/** The emulator's sample video, as a file. */
async function sampleFile() {
  const url = emulator?.media.files[0]?.url;
  if (url === undefined)
    throw new SluiceError({ code: 'invalid-request', message: 'name the file: node main.js FILE' });
  const path = join(folder, 'sample.mp4');
  await writeFile(path, new Uint8Array(await (await fetch(url)).arrayBuffer()));
  return path;
}
