import ky from 'ky';
import * as z from 'zod';
import { runWorkload, startWorkload } from '../processes/workload.js';
import { fireworkSchema, type UploadStore } from './firework-emulator.js';
import type { Room } from './room.js';
import { type Cost, costSchema } from './sending.js';
import { curlParts } from './sides.js';

/** A part of it is a small import before, which goes in parts too. Bytes. */
export const warmUpSize = 104_857_600;

/** A file, how it is cut, and the store that it is to arrive in. */
export interface IntoFirework {
  file: string;
  size: number;
  partSize: number;
  inFlight: number;
  store: UploadStore;
}

type Provider = z.output<typeof fireworkSchema>;

/** Everything: the calls, the sha-256, the parts, the video; against the emulated provider. */
export async function importWhole({ files }: Room, { file, store }: IntoFirework): Promise<Cost> {
  const warmUp = await files.hollow(warmUpSize);
  return withFirework(store, (provider) =>
    runWorkload('firework-import', { input: { provider, file, warmUp }, result: costSchema }),
  );
}

/** Nothing but the bytes, to where the provider signed that they may go. */
export async function curlWhereSigned(room: Room, into: IntoFirework): Promise<Cost> {
  return withFirework(into.store, async (provider) => {
    const urls = await signedParts(provider, Math.ceil(into.size / into.partSize));
    return curlParts(room, { ...into, urlOf: (number) => urls[number - 1] ?? '' });
  });
}

async function withFirework(store: UploadStore, use: (provider: Provider) => Promise<Cost>): Promise<Cost> {
  const emulator = await startWorkload('firework-emulator', { input: store, result: fireworkSchema });
  try {
    return await use(emulator.ready);
  } finally {
    await emulator.stop();
  }
}

const tokenSchema = z.object({ access_token: z.string() });
const signedSchema = z.object({
  parts: z.array(z.object({ part: z.int(), signature: z.object({ put_url: z.url() }) })),
});

/** Where the provider says that the parts may go, in order (Videos page, 5.1). */
async function signedParts(provider: Provider, count: number): Promise<string[]> {
  const { baseUrl, clientId, clientSecret, channelId } = provider;
  const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret };
  const token = tokenSchema.parse(await ky.post(`${baseUrl}/oauth/token`, { body: new URLSearchParams(form) }).json());
  const answer = await ky
    .post(`${baseUrl}/api/v1/upload_multipart/signatures`, {
      headers: { authorization: `Bearer ${token.access_token}` },
      json: { filename: 'film.mp4', mime_type: 'video/mp4', channel_id: channelId, parts_count: count },
    })
    .json();
  const { parts } = signedSchema.parse(answer);
  return parts.sort((a, b) => a.part - b.part).map(({ signature }) => signature.put_url);
}
