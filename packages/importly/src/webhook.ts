import {
  parseDelivery,
  SluiceError,
  unreadableDelivery,
  type WebhookDelivery,
  type WebhookNotice,
} from '@sluice/core/adapter';
import * as z from 'zod';
import type { ParsedSettings } from './settings.js';
import { idShape } from './wire-shapes.js';

type WebhookSettings = ParsedSettings['webhook'];

const aboutShape = { ...idShape, status: z.string().nullish() };

/** Public texts show it flat; answers about a job have the same under `data`, and so may a delivery. */
const bodySchema = z.looseObject({ ...aboutShape, data: z.object(aboutShape).nullish().catch(undefined) });

/** Verifies a delivery where a secret is set, and reads which job it is about. What else it claims is left unread. */
export async function readDelivery(delivery: WebhookDelivery, settings: WebhookSettings): Promise<WebhookNotice> {
  if (settings.secret !== undefined) await verify(delivery, { ...settings, secret: settings.secret });
  const body = parseDelivery(delivery, bodySchema);
  const { data } = body;
  // Beside `data`, an `id` may be the delivery's own.
  const id = body.jobId ?? data?.jobId ?? data?.id ?? body.id;
  const event = eventOf(body, delivery, settings.event);
  // One to the job's own URL need not name it.
  if (id == null && delivery.job === undefined) throw unreadableDelivery('its body has neither jobId nor id');
  return { ...(id != null && { ref: id }), event };
}

/** The event where the settings say it is; else the state that the body names. */
function eventOf(body: z.output<typeof bodySchema>, delivery: WebhookDelivery, place: string): string {
  const named = body[place] ?? delivery.headers[place.toLowerCase()];
  return typeof named === 'string' ? named : (body.status ?? body.data?.status ?? 'unnamed');
}

async function verify(delivery: WebhookDelivery, settings: WebhookSettings & { secret: string }): Promise<void> {
  const header = settings.signatureHeader.toLowerCase();
  const given = delivery.headers[header];
  if (given === undefined) throw refused(`the header ${header} with its signature is missing`);
  const signature = decode(given.trim().replace(/^sha\d+=/i, ''), settings.encoding);
  const name = 'HMAC';
  const hash = `SHA-${settings.algorithm.slice(3)}`;
  const secret = new TextEncoder().encode(settings.secret);
  const key = await crypto.subtle.importKey('raw', secret, { name, hash }, false, ['verify']);
  const genuine =
    signature !== undefined && (await crypto.subtle.verify(name, key, signature, new Uint8Array(delivery.body)));
  if (!genuine) throw refused(`the ${settings.encoding} HMAC-${hash} in the header ${header} does not match the body`);
}

function refused(why: string): SluiceError {
  return new SluiceError({ code: 'auth', message: `the delivery is not Importly's: ${why}` });
}

function decode(signature: string, encoding: WebhookSettings['encoding']): Uint8Array<ArrayBuffer> | undefined {
  if (encoding === 'hex') {
    if (!/^([0-9a-f]{2})+$/i.test(signature)) return undefined;
    return Uint8Array.from(signature.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  }
  if (!/^[a-z0-9+/]+={0,2}$/i.test(signature)) return undefined;
  try {
    return Uint8Array.from(atob(signature), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}
