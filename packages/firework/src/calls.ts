import { type CallsContext, invalidInput, SluiceError } from '@sluice/core/adapter';
import { videosPath } from './create-video.js';
import { type FireworkVideoPatch, metadataShape, videoPatchSchema } from './metadata.js';
import { type FireworkVideo, readVideo } from './wire-shapes.js';

/** What Firework's API has besides imports, reached through `sluice.provider(name)`. */
export interface FireworkCalls {
  /** A video that was created. @throws SluiceError `not-found` */
  video(id: string): Promise<FireworkVideo>;
  /** Changes a video, and tells how it stands then. @throws SluiceError `invalid-request` naming the field, `not-found` */
  updateVideo(id: string, patch: FireworkVideoPatch): Promise<FireworkVideo>;
}

export function callsOf({ http }: CallsContext): FireworkCalls {
  return {
    video: async (id) => readVideo(await http.call({ method: 'GET', path: videoPath(id) })),
    updateVideo: async (id, patch) => {
      const parsed = videoPatchSchema.safeParse(patch);
      if (!parsed.success) throw invalidInput(parsed.error, { prefix: 'patch', known: Object.keys(metadataShape) });
      // The same fields with the same values, however often.
      const call = { method: 'PATCH', path: videoPath(id), json: parsed.data, effect: 'repeatable' } as const;
      return readVideo(await http.call(call));
    },
  };
}

/** The path of a video. */
export function videoPath(id: string): string {
  // Dots are no part of a path: they would lead to another one.
  if (!/^\.{0,2}$/.test(id)) return `${videosPath}/${encodeURIComponent(id)}`;
  throw new SluiceError({
    code: 'invalid-request',
    message: 'the id of a video must not be empty, and not "." or ".."',
  });
}
