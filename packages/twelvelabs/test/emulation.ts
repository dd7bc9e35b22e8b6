import { createHash } from 'node:crypto';
import { createSluice, type ImportRequest } from '@sluice/core';
import { type Emulator, type EmulatorOptions, startEmulator } from '@sluice/emulator';
import { afterEach } from 'vitest';
import { type TwelvelabsSettings, twelvelabs } from '../src/index.js';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** Has something closed after the test. */
export function closeAfterwards(close: () => unknown): void {
  closers.push(close);
}

/** Everything that takes its time at the provider takes little of it. */
const quick = {
  processingMs: 20,
  pace: { validatingMs: 20, pendingMs: 10, queuedMs: 10, indexingMs: 20, apartMs: 0 },
};

/** TwelveLabs on loopback. */
export async function emulate(options: EmulatorOptions = {}): Promise<Emulator> {
  const emulator = await startEmulator({ ...options, twelvelabs: { ...quick, ...options.twelvelabs } });
  closeAfterwards(() => emulator.close());
  return emulator;
}

type Settings = Partial<TwelvelabsSettings> & { pollIntervalMs?: number };

/** A client of it that looks often. */
function clientOf({ twelvelabs: { baseUrl, apiKey, indexId } }: Emulator, settings: Settings = {}) {
  const own = { baseUrl, apiKey, indexId, pollIntervalMs: 20, busyLookMs: 100 };
  const sluice = createSluice({ providers: { search: twelvelabs({ ...own, ...settings }) } });
  closeAfterwards(() => sluice.close());
  const bring = async (request: ImportRequest) => (await sluice.import(request)).wait({ timeoutMs: 60_000 });
  return { sluice, bring };
}

/** Both. */
export async function connect(options: EmulatorOptions = {}, settings: Settings = {}) {
  const emulator = await emulate(options);
  return { emulator, ...clientOf(emulator, settings) };
}

/** A file that the emulator serves. */
export function sampleOf({ media }: Emulator, wanted = 'sample.mp4') {
  const file = media.files.find(({ name }) => name === wanted);
  if (file === undefined) throw new Error(`the emulator has no ${wanted}`);
  return file;
}

/** The bytes of a file that the emulator serves. */
export async function bytesOf(url: string): Promise<Uint8Array> {
  return new Uint8Array(await (await fetch(url)).arrayBuffer());
}

/** A file with a tail that makes it unlike any other: players skip it. */
export function withTail(bytes: Uint8Array, tail: string): Uint8Array {
  const box = Buffer.alloc(8);
  box.writeUInt32BE(8 + Buffer.byteLength(tail), 0);
  box.write('free', 4, 'latin1');
  return Buffer.concat([bytes, box, Buffer.from(tail)]);
}

export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
