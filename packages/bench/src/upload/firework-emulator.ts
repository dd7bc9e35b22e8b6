import { startEmulator } from '@sluice/emulator';
import * as z from 'zod';
import { whenStopped } from '../processes/when-stopped.js';

/** The store that uploads go to, past the emulator. */
export const uploadStoreSchema = z.object({
  endpoint: z.url(),
  region: z.string(),
  bucket: z.string(),
  accessKeyId: z.string(),
  secretAccessKey: z.string(),
});
export type UploadStore = z.output<typeof uploadStoreSchema>;

/** What a client of the emulated Firework has to know. */
export const fireworkSchema = z.object({
  baseUrl: z.url(),
  clientId: z.string(),
  clientSecret: z.string(),
  channelId: z.string(),
});

/** The emulated Firework in a process of its own: its uploads go elsewhere, past it, and are transcoded in no time. */
export async function run(input: unknown): Promise<z.input<typeof fireworkSchema>> {
  const uploads = { ...uploadStoreSchema.parse(input), direct: true };
  const emulator = await startEmulator({
    firework: { limits: 'none', transcodingMs: 0, inspect: false, keepRequests: 0, uploads },
  });
  whenStopped(() => emulator.close());
  const { baseUrl, clientId, clientSecret, channelId } = emulator.firework;
  return { baseUrl, clientId, clientSecret, channelId };
}
