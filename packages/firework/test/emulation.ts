import { createHash } from 'node:crypto';
import { createSluice, type ImportRequest } from '@sluice/core';
import { type Emulator, type EmulatorOptions, startEmulator } from '@sluice/emulator';
import { afterEach } from 'vitest';
import { type FireworkSettings, firework } from '../src/index.js';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** Has something closed after the test. */
export function closeAfterwards(close: () => unknown): void {
  closers.push(close);
}

/** Firework on loopback, and a client of it that looks often. */
export async function connect(
  options: EmulatorOptions = {},
  settings: Partial<FireworkSettings> & { pollIntervalMs?: number } = {},
) {
  const emulator = await startEmulator({ ...options, firework: { transcodingMs: 20, ...options.firework } });
  closeAfterwards(() => emulator.close());
  const { baseUrl, clientId, clientSecret, channelId } = emulator.firework;
  const own = { baseUrl, clientId, clientSecret, channelId, pollIntervalMs: 20 };
  const sluice = createSluice({ providers: { shop: firework({ ...own, ...settings }) } });
  closeAfterwards(() => sluice.close());
  const bring = async (request: ImportRequest) => (await sluice.import(request)).wait({ timeoutMs: 30_000 });
  return { emulator, sluice, bring };
}

/** A file that the emulator serves. */
export function sampleOf({ media }: Emulator, wanted = 'sample.mp4') {
  const file = media.files.find(({ name }) => name === wanted);
  if (file === undefined) throw new Error(`the emulator has no ${wanted}`);
  return file;
}

export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
