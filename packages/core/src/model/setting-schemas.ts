import * as z from 'zod';

/** An absolute http or https URL, for settings and options. */
export const webUrlSchema = z.url({ protocol: /^https?$/, error: 'must be an absolute http or https URL' });

/** The setting `baseUrl`, with the address that the provider documents. Paths are put behind it: it ends without a slash. */
export function baseUrlSchema(standard: string) {
  return webUrlSchema.default(standard).transform((url) => url.replace(/\/+$/, ''));
}

const oneSecret = z.string().min(1);
const secretSchema = z.union([oneSecret, z.array(oneSecret).min(1)], {
  error: 'must be a text that is not empty, or a list of such texts while the secret is changed',
});

/**
 * The setting `webhook` of a provider whose deliveries are signed as {@link assertTimedSignature} knows it:
 * - `secret`: with it, every delivery must be signed. Without it a delivery is believed as far as a hint goes: it names a job, and how that
 *   stands is asked of the provider with the credentials. So the worst that a forged one can do is a look too many.
 *   A list while the secret is changed: a delivery is signed with any of them
 * - `toleranceMs`: how far a delivery's time may be from ours, in milliseconds; default five minutes
 */
export const timedWebhookSchema = z
  .strictObject({
    secret: secretSchema.exactOptional(),
    toleranceMs: z.int().min(1).default(300_000),
  })
  .prefault({});

/** The setting `webhook` as {@link timedWebhookSchema} reads it. */
export type TimedWebhookSettings = z.output<typeof timedWebhookSchema>;
