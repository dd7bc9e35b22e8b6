import {
  assertTimedSignature,
  parseDelivery,
  unreadableDelivery,
  type WebhookDelivery,
  type WebhookNotice,
} from '@sluice/core/adapter';
import * as z from 'zod';
import type { Reference } from './references.js';
import type { ParsedSettings } from './settings.js';

type WebhookSettings = ParsedSettings['webhook'];

/** `t=MILLISECONDS,v1=BASE64` (Firework, Webhooks page). */
const scheme = { provider: 'Firework', header: 'fw-webhooks-signature', unit: 'ms', encoding: 'base64' } as const;

/**
 * Verifies a delivery where a secret is set, and reads which import it is about. Firework says that `import_id` is in it, and not
 * where; of a video that came in otherwise it names only the video. What else a delivery claims is left unread.
 */
export async function readDelivery(delivery: WebhookDelivery, settings: WebhookSettings): Promise<WebhookNotice> {
  const { secret, toleranceMs } = settings;
  if (secret !== undefined) await assertTimedSignature(delivery, { ...scheme, secret, toleranceMs });
  const body = parseDelivery(delivery, z.json());
  const ref = referenceIn(body);
  if (ref === undefined) throw unreadableDelivery('its body names neither an import nor a video');
  return { ref, event: eventIn(body) };
}

function referenceIn(body: unknown): Reference | undefined {
  const importId = find(body, (object) => object.import_id);
  if (importId !== undefined) return { import: importId };
  const videoId = find(body, ({ video_id, video }) => video_id ?? (isObject(video) ? video.id : undefined));
  return videoId === undefined ? undefined : { video: videoId };
}

function eventIn(body: unknown): string {
  return find(body, ({ event, event_type, type }) => [event, event_type, type].find(isText)) ?? 'unnamed';
}

const deepest = 4;

/** The first text that `pick` finds in an object, outer ones first. A video's custom fields are the user's own and say nothing. */
function find(body: unknown, pick: (object: Record<string, unknown>) => unknown): string | undefined {
  let level = [body].filter(isObject);
  for (let depth = 0; depth < deepest && level.length > 0; depth += 1) {
    const found = level.map(pick).find(isText);
    if (found !== undefined) return found;
    level = level.flatMap(({ custom_fields: _own, ...object }) => Object.values(object).filter(isObject));
  }
  return undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
