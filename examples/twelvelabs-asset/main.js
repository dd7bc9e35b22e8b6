// Brings a video to TwelveLabs, from a URL or a file, and has it indexed: one job from bytes to index.
// Usage: node main.js [URL or FILE]

import { createSluice, SluiceError } from '@sluice/core';
import { fromFile } from '@sluice/core/node';
import { twelvelabs } from '@sluice/twelvelabs';

const { TL_API_KEY = '', TL_INDEX_ID, TL_BASE_URL } = process.env;

// Without a key there is no account to bring anything to, so TwelveLabs is emulated on this machine.
const emulator = TL_API_KEY ? undefined : await (await import('@sluice/emulator')).startEmulator();
const { apiKey, indexId, baseUrl } = emulator?.twelvelabs ?? {
  apiKey: TL_API_KEY,
  indexId: TL_INDEX_ID,
  baseUrl: TL_BASE_URL,
};

const sluice = createSluice({ providers: { search: twelvelabs({ apiKey, indexId, baseUrl, pollIntervalMs: 500 }) } });
try {
  const named = process.argv[2] ?? emulator?.media.files[0]?.url;
  if (named === undefined)
    throw new SluiceError({ code: 'invalid-request', message: 'usage: node main.js URL or FILE' });
  const source = URL.canParse(named) ? named : fromFile(named);

  const plan = await sluice.plan({ source });
  console.log(`${plan.source}: ${plan.route?.why}`);
  for (const { severity, field, message } of plan.problems) console.log(`${severity}: ${field} ${message}`);

  const job = await sluice.import({
    source,
    options: { twelvelabs: { user_metadata: { campaign: 'summer', year: 2026 } } },
  });
  for await (const event of job.events()) {
    if (event.type === 'state') console.log(`${event.state} (${event.phase})`);
    if (event.type === 'progress') console.log(`sent ${event.progress.done} of ${event.progress.total} bytes`);
    if (event.type === 'warning') console.log(`warning: ${event.warning.message}`);
    if (event.type === 'retry') console.log(`trying again at ${event.retryAt}: ${event.error.message}`);
  }
  const { items } = await job.wait();
  for (const item of items) {
    if (item.ok) console.log(`asset ${item.asset.id}, ${item.asset.durationSeconds} s, in the index as ${item.ref}`);
  }
} catch (error) {
  if (!SluiceError.is(error)) throw error;
  console.error(`${error.code}: ${error.message} (try again: ${error.retry})`);
  process.exitCode = 1;
} finally {
  await sluice.close();
  await emulator?.close();
}
