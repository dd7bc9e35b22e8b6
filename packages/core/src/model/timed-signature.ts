import type { WebhookDelivery } from './adapter.js';
import { SluiceError } from './error.js';

/** How a provider signs its deliveries: `t=TIME,v1=SIGNATURE` in a header, an HMAC-SHA256 over `TIME.BODY`. */
export interface TimedSignature {
  /** The provider, as in "the delivery is not Acme's". */
  provider: string;
  /** Lower-case. */
  header: string;
  /** What `t` counts. */
  unit: 's' | 'ms';
  /** How `v1` is written. */
  encoding: 'hex' | 'base64';
  /** Several while the secret is changed: a delivery is signed with any of them. */
  secret: string | readonly string[];
  /** How far a delivery's time may be from ours, in milliseconds. */
  toleranceMs: number;
}

/**
 * Verifies a delivery. The signature is over its own time and the raw body, so neither can be changed, and an old delivery cannot be
 * played again once its time is out of tolerance. Within it, the engine knows a body that it has seen.
 * @throws SluiceError `auth`; the message names the check
 */
export async function assertTimedSignature(delivery: WebhookDelivery, scheme: TimedSignature): Promise<void> {
  const { header, toleranceMs, unit, provider } = scheme;
  const refused = (why: string) =>
    new SluiceError({ code: 'auth', message: `the delivery is not ${provider}'s: ${why}` });
  const value = delivery.headers[header];
  if (value === undefined) throw refused(`the header ${header} with its signature is missing`);
  const read = readHeader(value, scheme.encoding);
  if (read === undefined) {
    throw refused(
      `the header ${header} is not t=${unit === 's' ? '' : 'MILLI'}SECONDS,v1=${scheme.encoding.toUpperCase()}`,
    );
  }
  if (!(await isSigned(delivery.body, read, scheme.secret))) {
    throw refused(`no HMAC-SHA256 in the header ${header} matches its time and the body`);
  }
  const ageMs = delivery.now - Number(read.time) * (unit === 's' ? 1_000 : 1);
  if (Math.abs(ageMs) <= toleranceMs) return;
  const away = `${Math.round(Math.abs(ageMs) / 1_000)} s ${ageMs > 0 ? 'old' : 'ahead'}`;
  throw refused(`it is ${away}, and webhook.toleranceMs allows ${toleranceMs / 1_000} s`);
}

interface Signed {
  time: string;
  /** More than one while a secret is changed. */
  signatures: Uint8Array<ArrayBuffer>[];
}

function readHeader(value: string, encoding: TimedSignature['encoding']): Signed | undefined {
  const fields = value.split(',').map((field) => field.trim());
  const valuesOf = (name: string) =>
    fields.filter((field) => field.startsWith(`${name}=`)).map((field) => field.slice(name.length + 1));
  const [time = ''] = valuesOf('t');
  const signatures = valuesOf('v1')
    .map(encoding === 'hex' ? fromHex : fromBase64)
    .filter((bytes) => bytes !== undefined);
  return /^\d{1,16}$/.test(time) && signatures.length > 0 ? { time, signatures } : undefined;
}

async function isSigned(
  body: Uint8Array,
  { time, signatures }: Signed,
  secret: TimedSignature['secret'],
): Promise<boolean> {
  const head = new TextEncoder().encode(`${time}.`);
  const signed = new Uint8Array(head.length + body.length);
  signed.set(head);
  signed.set(body, head.length);
  const keys = await Promise.all((typeof secret === 'string' ? [secret] : secret).map(keyOf));
  const pairs = keys.flatMap((key) => signatures.map((one) => ({ key, one })));
  // It takes the same time wherever they differ.
  const checks = await Promise.all(pairs.map(({ key, one }) => crypto.subtle.verify('HMAC', key, one, signed)));
  return checks.includes(true);
}

function keyOf(secret: string) {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  return crypto.subtle.importKey('raw', new TextEncoder().encode(secret), algorithm, false, ['verify']);
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}

function fromHex(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^(?:[0-9a-f]{2})+$/i.test(text)) return undefined;
  return Uint8Array.from(text.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
}
