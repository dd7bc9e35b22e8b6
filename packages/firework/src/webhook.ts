import { SluiceError, type WebhookDelivery, type WebhookNotice } from '@sluice/core/adapter';
import type { Reference } from './references.js';
import type { ParsedSettings } from './settings.js';

type WebhookSettings = ParsedSettings['webhook'];

/** Firework, Webhooks page. */
const header = 'fw-webhooks-signature';

/**
 * Verifies a delivery where a secret is set, and reads which import it is about. Firework says that `import_id` is in it, and not
 * where; of a video that came in otherwise it names only the video. What else a delivery claims is left unread.
 */
export async function readDelivery(delivery: WebhookDelivery, settings: WebhookSettings): Promise<WebhookNotice> {
  const { secret, toleranceMs } = settings;
  if (secret !== undefined) await verify(delivery, { secret, toleranceMs });
  const body = parse(delivery.body);
  const ref = referenceIn(body);
  if (ref === undefined) throw unreadable('its body names neither an import nor a video');
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

function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    throw unreadable('its body is no JSON');
  }
}

/**
 * The signature is over its own time and the raw body, so neither can be changed, and an old delivery cannot be played again once
 * its time is out of tolerance. Within it, the engine knows a body that it has seen.
 */
async function verify(delivery: WebhookDelivery, { secret, toleranceMs }: WebhookSettings & { secret: string }) {
  const { time, signatures } = readHeader(delivery.headers[header]);
  const head = new TextEncoder().encode(`${time}.`);
  const signed = new Uint8Array(head.length + delivery.body.length);
  signed.set(head);
  signed.set(delivery.body, head.length);
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', new TextEncoder().encode(secret), algorithm, false, ['verify']);
  // It takes the same time wherever they differ.
  const checks = await Promise.all(signatures.map((one) => crypto.subtle.verify('HMAC', key, one, signed)));
  if (!checks.includes(true)) throw refused(`no HMAC-SHA256 in the header ${header} matches its time and the body`);
  const ageMs = delivery.now - Number(time);
  if (Math.abs(ageMs) <= toleranceMs) return;
  const away = `${Math.round(Math.abs(ageMs) / 1_000)} s ${ageMs > 0 ? 'old' : 'ahead'}`;
  throw refused(`it is ${away}, and webhook.toleranceMs allows ${toleranceMs / 1_000} s`);
}

/** `t=MILLISECONDS,v1=BASE64`; more than one `v1` while a secret is changed. */
function readHeader(value: string | undefined): { time: string; signatures: Uint8Array<ArrayBuffer>[] } {
  if (value === undefined) throw refused(`the header ${header} with its signature is missing`);
  const fields = value.split(',').map((field) => field.trim());
  const valuesOf = (name: string) =>
    fields.filter((field) => field.startsWith(`${name}=`)).map((field) => field.slice(name.length + 1));
  const [time = ''] = valuesOf('t');
  const signatures = valuesOf('v1')
    .map(decode)
    .filter((bytes) => bytes !== undefined);
  if (/^\d{1,16}$/.test(time) && signatures.length > 0) return { time, signatures };
  throw refused(`the header ${header} is not t=MILLISECONDS,v1=BASE64`);
}

function decode(base64: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}

function unreadable(why: string): SluiceError {
  return new SluiceError({ code: 'protocol', message: `the delivery cannot be read: ${why}` });
}

function refused(why: string): SluiceError {
  return new SluiceError({ code: 'auth', message: `the delivery is not Firework's: ${why}` });
}
