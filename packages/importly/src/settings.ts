import { baseUrlSchema } from '@sluice/core/adapter';
import * as z from 'zod';

const webhookSettingsSchema = z.strictObject({
  /**
   * The secret from Importly's dashboard: with it, every delivery must be signed. Without it a delivery is believed as far as a
   * hint goes: it names a job, and how that job stands is asked of Importly with the API key. So the worst that a forged one can do
   * is a look too many, and looks are limited.
   */
  secret: z.string().min(1, 'must not be empty').exactOptional(),
  /** Importly mentions "a signature header" and names none. */
  signatureHeader: z.string().min(1).default('x-importly-signature'),
  /** Of the HMAC over the raw body; Importly names none. */
  algorithm: z.enum(['sha256', 'sha384', 'sha512']).default('sha256'),
  /** How the signature is written; Importly says nothing. A leading `sha256=` is left out. */
  encoding: z.enum(['hex', 'base64']).default('hex'),
  /** The field of the body, or else the header, that holds the event's name. Importly names events and no place for them. */
  event: z.string().min(1).default('event'),
});

/** The settings of one Importly account. */
export const importlySettingsSchema = z.object({
  /** From Importly's dashboard. */
  apiKey: z.string().regex(/^[\x21-\x7e]+$/, 'must be the API key: no spaces, no line ends, not empty'),
  /** Importly's import page says api.importly.io, its S3 page api.importly.app. */
  baseUrl: baseUrlSchema('https://api.importly.io'),
  /**
   * What `plan(request, { probe: true })` asks: `metadata` for everything there is, `basic` for title, duration and thumbnail, which
   * is quicker. Importly charges for either ("Fixed cost of $0.01 per successful request", Importly, FAQ).
   */
  probe: z.enum(['metadata', 'basic']).default('metadata'),
  webhook: webhookSettingsSchema.prefault({}),
});

/** What `importly(...)` takes, besides what every provider takes. */
export type ImportlySettings = z.input<typeof importlySettingsSchema>;

/** The settings as the adapter works with them. */
export type ParsedSettings = z.output<typeof importlySettingsSchema>;
