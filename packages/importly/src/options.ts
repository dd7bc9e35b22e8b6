import { webUrlSchema } from '@sluice/core/adapter';
import * as z from 'zod';
import { folderProblem, mediaExtension } from './naming.js';

/** From the smallest picture to the best one (Importly, Import Endpoint page: `videoQuality`). */
const videoQualities = ['lowest', '144p', '240p', '360p', '480p', '720p', '1080p', '1440p', '2160p', 'best'] as const;

/** From the smallest sound to the best one (Importly, Import Endpoint page: `audioQuality`). */
const audioQualities = ['lowest', 'low', 'medium', 'high', 'best'] as const;

/** Importly, S3 Storage Integration page: "Storage Classes". */
const storageClasses = [
  'STANDARD',
  'INTELLIGENT_TIERING',
  'STANDARD_IA',
  'ONEZONE_IA',
  'GLACIER',
  'DEEP_ARCHIVE',
] as const;

const storagePath = z
  .string()
  .min(1, 'must not be empty; leave it out for the default path prefix of your S3 settings')
  .superRefine((path, context) => {
    const problem = folderProblem(path);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: `${problem}, such as videos/2024` });
  });

const storageFilename = z
  .string()
  .min(1, 'must not be empty; leave it out for the title of the media')
  .superRefine((filename, context) => {
    const extension = mediaExtension(filename);
    if (filename.includes('/')) {
      context.addIssue({ code: 'custom', message: 'must not hold a slash; folders go into storagePath' });
    } else if (filename === '.' || filename === '..') {
      context.addIssue({ code: 'custom', message: 'must be a name' });
    } else if (extension !== undefined) {
      context.addIssue({
        code: 'custom',
        message: `must not end in ".${extension}": Importly appends the extension itself`,
      });
    }
  });

/** Importly's own parameters under Importly's own names, all optional. */
export const importlyOptionsSchema = z
  .object({
    /** Include video in the output; `false` for audio alone. Default of Importly: true. */
    includeVideo: z.boolean().exactOptional(),
    /** Include audio in the output; `false` for video alone. Default of Importly: true. */
    includeAudio: z.boolean().exactOptional(),
    videoQuality: z.enum(videoQualities).exactOptional(),
    audioQuality: z.enum(audioQualities).exactOptional(),
    /**
     * Where Importly posts when it is done. Hand what arrives there to `sluice.webhook`. Default: the job's own callback URL, where
     * `webhooks.publicUrl` is set.
     */
    webhookUrl: webUrlSchema.exactOptional(),
    /** Upload to the S3 bucket that is configured in Importly's dashboard. */
    store: z.boolean().exactOptional(),
    /** Folders in the bucket, such as `videos/2024`. Only with `store: true`. */
    storagePath: storagePath.exactOptional(),
    /** The name in the bucket, without extension: Importly appends it. Only with `store: true`. */
    storageFilename: storageFilename.exactOptional(),
    /** A bucket in place of the configured one. Only with `store: true`. */
    storageBucket: z.string().min(1, 'must not be empty').exactOptional(),
    /** Only with `store: true`. */
    storageClass: z.enum(storageClasses).exactOptional(),
    /** Have Importly say where in the bucket the file is. Only with `store: true`. */
    storageReturnLocation: z.boolean().exactOptional(),
  })
  .superRefine((options, context) => {
    if (options.includeVideo === false && options.includeAudio === false) {
      const message = 'must not be false together with includeVideo: nothing would be left';
      context.addIssue({ code: 'custom', path: ['includeAudio'], message });
    }
    if (options.store === true) return;
    for (const key of storageKeys) {
      if (options[key] !== undefined) {
        context.addIssue({ code: 'custom', path: [key], message: 'has no effect without store: true; add it' });
      }
    }
  });

const storageKeys = [
  'storagePath',
  'storageFilename',
  'storageBucket',
  'storageClass',
  'storageReturnLocation',
] as const;

/** What a request may say under `options.importly`. */
export type ImportlyOptions = z.input<typeof importlyOptionsSchema>;

/** The options as the adapter works with them. */
export type ParsedOptions = z.output<typeof importlyOptionsSchema>;

declare module '@sluice/core/adapter' {
  interface AdapterOptions {
    importly?: ImportlyOptions;
  }
}
