import { baseUrlSchema, timedWebhookSchema } from '@sluice/core/adapter';
import * as z from 'zod';
import { prerequisitesSchema, publicPrerequisites } from './prerequisites.js';

/** Keys of TwelveLabs' own (Import videos page: "duration, width, length, etc"); the page's list is open, so it is a setting. */
const predefinedKeys = ['duration', 'filename', 'fps', 'height', 'length', 'model_names', 'size', 'width'];

/** The settings of one TwelveLabs account. */
export const twelvelabsSettingsSchema = z.object({
  apiKey: z.string().min(1, 'must not be empty'),
  baseUrl: baseUrlSchema('https://api.twelvelabs.io/v1.3'),
  /** The index of requests that name none in `options.twelvelabs.index_id`. */
  indexId: z.string().min(1, 'must not be empty').optional(),
  /** The models that are enabled for the indexes, by their names in `prerequisites`: what all of them take is taken. */
  models: z.array(z.string().min(1)).default(['marengo']),
  /** What each model takes. TwelveLabs' numbers drift. */
  prerequisites: prerequisitesSchema.default(publicPrerequisites),
  /** Keys that metadata must not override. */
  reservedMetadata: z.array(z.string().min(1)).default(predefinedKeys),
  /** Files of so many bytes go in one piece, larger ones in chunks; at most the 200 MB that TwelveLabs takes so. */
  directMaxBytes: z.int().min(1).max(200_000_000).default(16_000_000),
  /** The largest file that goes up in chunks, in bytes ("Up to 10 GB"). */
  uploadMaxBytes: z.int().min(1).default(10_000_000_000),
  /** The largest file that TwelveLabs fetches by a URL, in bytes ("Up to 4 GB"). */
  urlMaxBytes: z.int().min(1).default(4_000_000_000),
  /** How a refusal says that an import runs already, besides the status 409: its error codes, which nobody documents. */
  busyCodes: z.array(z.string().min(1)).default(['import_already_running']),
  /** How often to ask whether an import of somebody else is over, in milliseconds. */
  busyLookMs: z.int().min(1).default(10_000),
  webhook: timedWebhookSchema,
});

/** What `twelvelabs(...)` takes, besides what every provider takes. */
export type TwelvelabsSettings = z.input<typeof twelvelabsSettingsSchema>;

/** The settings as the adapter works with them. */
export type ParsedSettings = z.output<typeof twelvelabsSettingsSchema>;
