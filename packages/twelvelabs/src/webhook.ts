import { assertTimedSignature, parseDelivery, type WebhookDelivery, type WebhookNotice } from '@sluice/core/adapter';
import * as z from 'zod';
import type { Reference } from './references.js';
import type { ParsedSettings } from './settings.js';

type WebhookSettings = ParsedSettings['webhook'];

/** `t=SECONDS,v1=HEX`. */
const scheme = { provider: 'TwelveLabs', header: 'tl-signature', unit: 's', encoding: 'hex' } as const;

const deliverySchema = z.object({ type: z.string().min(1), data: z.object({ id: z.string().min(1) }) });

/**
 * Verifies a delivery where a secret is set, and reads what it is about: `index.task.ready` and `index.task.failed` name an indexed
 * asset. What else it claims is left unread.
 */
export async function readDelivery(delivery: WebhookDelivery, settings: WebhookSettings): Promise<WebhookNotice> {
  const { secret, toleranceMs } = settings;
  if (secret !== undefined) await assertTimedSignature(delivery, { ...scheme, secret, toleranceMs });
  const { type, data } = parseDelivery(delivery, deliverySchema);
  const ref: Reference = type.startsWith('asset.') ? { asset: data.id } : { indexed: data.id };
  return { ref, event: type };
}
