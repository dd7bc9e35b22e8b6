import type { JsonAnswer } from '../faults/broken-answer.js';
import type { EmulatedVideo, EmulatedVideoImport } from './video.js';

/** A refusal. The page shows no body of one; this is the plainest that holds its "error message". */
export function refusal(status: number, error: string): JsonAnswer {
  return { status, headers: {}, body: { error } };
}

/** The 429. @param retryAfterSeconds real seconds; undefined to say nothing of it */
export function rateRefusal(retryAfterSeconds: number | undefined): JsonAnswer {
  const { status, body } = refusal(429, 'Rate limit exceeded (20 videos per 5 minutes per channel)');
  return { status, headers: retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }, body };
}

/** The video of a 201, and of a PATCH (page, 6.8.1 and 7.4). */
export function videoBody(video: EmulatedVideo) {
  const { externalMedia } = video;
  return {
    id: video.id,
    access: video.access,
    audio_disabled: video.audioDisabled,
    caption: video.caption,
    description: video.description,
    hashtags: video.hashtags,
    archived_at: video.archivedAt,
    product_ids: video.productIds,
    custom_fields: video.customFields,
    display_social_attributions: video.displaySocialAttributions,
    external_media: externalMedia,
  };
}

/** The video of a GET (page, 8.3). @param base where its pictures are, without a slash at its end */
export function wholeVideoBody(video: EmulatedVideo, base: string) {
  const { poster, transcoding } = video;
  return {
    ...videoBody(video),
    // Made by transcoding; the emulator makes no pictures, so nothing is there.
    thumbnail_url: transcoding === 'completed' ? `${base}/cdn/${video.id}/thumbnail.jpg` : null,
    video_posters: poster
      ? [
          {
            url: `${base}/cdn/${poster.key}`,
            aspect_ratio: ratioOf(poster.width, poster.height),
            format: poster.format,
            width: poster.width,
            height: poster.height,
          },
        ]
      : [],
  };
}

/** Such as "9:16". */
function ratioOf(width: number, height: number): string {
  const common = (a: number, b: number): number => (b === 0 ? a : common(b, a % b));
  const divisor = common(width, height) || 1;
  return `${width / divisor}:${height / divisor}`;
}

/** The import of a 202, and of its status (page, 6.8.2 and 9.3). */
export function importBody({ id, status, videoId, createdAt, completedAt }: EmulatedVideoImport) {
  return { id, status, video_id: videoId, created_at: iso(createdAt), completed_at: iso(completedAt) };
}

function iso(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString();
}
