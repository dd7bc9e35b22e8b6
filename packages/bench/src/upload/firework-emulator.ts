import { startEmulator } from '@sluice/emulator';
import * as z from 'zod';
import { whenStopped } from '../processes/when-stopped.js';

const inputSchema = z.object({
  /** The store that uploads go to. */
  endpoint: z.url(),
});

/** What a client of the emulated Firework has to know. */
export const fireworkSchema = z.object({
  baseUrl: z.url(),
  clientId: z.string(),
  clientSecret: z.string(),
  channelId: z.string(),
});

/** The emulated Firework in a process of its own: its uploads go elsewhere, past it, and are transcoded in no time. */
export async function run(input: unknown): Promise<z.input<typeof fireworkSchema>> {
  const { endpoint } = inputSchema.parse(input);
  const emulator = await startEmulator({
    firework: {
      ...{ limits: 'none', transcodingMs: 0, inspect: false, keepRequests: 0 },
      uploads: {
        ...{ endpoint, direct: true, region: 'us-east-1', bucket: 'bucket' },
        ...{ accessKeyId: 'a-key', secretAccessKey: 'a-secret' },
      },
    },
  });
  whenStopped(() => emulator.close());
  const { baseUrl, clientId, clientSecret, channelId } = emulator.firework;
  return { baseUrl, clientId, clientSecret, channelId };
}
