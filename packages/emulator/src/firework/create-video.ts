import type { JsonAnswer } from '../faults/broken-answer.js';
import { probeVideo } from '../media/probe.js';
import { runTask } from '../server/run-task.js';
import { refusal, videoBody } from './answers.js';
import type { FireworkState } from './firework-state.js';
import { encodedId } from './ids.js';
import { fetchPoster } from './posters.js';
import { tagProducts } from './products.js';
import { runTranscoding } from './run-transcoding.js';
import type { EmulatedVideo } from './video.js';
import type { VideoMetadata } from './video-metadata.js';

/** Bytes in the bucket that are to become a video. */
export interface ArrivedFile {
  key: string;
  size: number;
  /** Hex, where it is known already. */
  sha256?: string;
  way: EmulatedVideo['way'];
  importId?: string;
}

type VideoFacts = Pick<EmulatedVideo, 'sha256' | 'durationSeconds'>;

/** A video, or why there is none. */
export type Created = { ok: true; video: EmulatedVideo } | { ok: false; answer: JsonAnswer; reason: string };

/** Makes a video of a file in the bucket and sends it off to be transcoded. */
export async function createVideo(state: FireworkState, metadata: VideoMetadata, file: ArrivedFile): Promise<Created> {
  const facts = await inspect(state, file);
  const reason = whatIsWrong(state, facts.durationSeconds);
  if (reason !== undefined) return { ok: false, answer: refusal(422, reason), reason };
  const { productIds, hiddenProductIds } = tagProducts(state.settings.stores, metadata, {
    productIds: [],
    hiddenProductIds: [],
  });
  const video: EmulatedVideo = {
    id: encodedId(),
    channelId: metadata.channel_id,
    way: file.way,
    ...(file.importId === undefined ? {} : { importId: file.importId }),
    caption: metadata.caption,
    description: metadata.description ?? null,
    access: metadata.access ?? 'public',
    archivedAt: metadata.archived_at ?? null,
    audioDisabled: metadata.audio_disabled ?? false,
    hashtags: metadata.hashtags ?? [],
    productIds,
    hiddenProductIds,
    customFields: metadata.custom_fields ?? {},
    displaySocialAttributions: metadata.display_social_attributions ?? false,
    externalMedia: metadata.external_media ?? null,
    posterUrl: metadata.poster_url || null,
    key: file.key,
    size: file.size,
    ...facts,
    transcoding: 'running',
    createdAt: state.rooms.clock.now(),
  };
  state.videos.set(video.id, video);
  state.ledger.count('videosCreated');
  fetchPoster(state, video);
  runTask(state, runTranscoding(state, video));
  return { ok: true, video };
}

/** The 201, or why there is none. */
export function answerOf(created: Created): JsonAnswer {
  return created.ok ? { status: 201, headers: {}, body: videoBody(created.video) } : created.answer;
}

async function inspect(state: FireworkState, { key, size, sha256 }: ArrivedFile): Promise<VideoFacts> {
  if (!state.settings.inspect) return {};
  const { store, client } = state.bucket;
  const place = { bucket: store.bucket, key };
  const { durationSeconds } = await probeVideo({
    size,
    read: async (start, end) => {
      const pieces: Uint8Array[] = [];
      for await (const piece of client.read(place, { start, end: end - 1 })) pieces.push(piece);
      return Buffer.concat(pieces);
    },
  });
  return {
    sha256: sha256 ?? (await state.bucket.digest(key)),
    ...(durationSeconds === undefined ? {} : { durationSeconds }),
  };
}

function whatIsWrong({ settings }: FireworkState, seconds: number | undefined): string | undefined {
  const { minimumSeconds, maximumSeconds, inspect, unreadable } = settings;
  if (seconds === undefined) return inspect && unreadable === 'refuse' ? 'The file is not a readable video' : undefined;
  if (seconds >= minimumSeconds && seconds <= maximumSeconds) return undefined;
  return `Video duration out of range: must be between ${minimumSeconds} and ${maximumSeconds} seconds`;
}
