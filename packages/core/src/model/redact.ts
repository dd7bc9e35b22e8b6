import type { JsonObject, JsonValue } from './json.js';

/**
 * Up to whatever cannot be in a URL; with the slashes as JSON or another platform may write them. It may follow any character,
 * and its scheme is short, so that a long text without a URL takes no longer than it must.
 */
const urlPattern = /[a-z][a-z0-9+.-]{0,20}:(?:\\?\/|\\){2}[^\s"<>`]+/gi;
/** A URL as a value inside another text: encoded once or more. */
const encodedUrlPattern = /[a-z][a-z0-9+.-]{0,20}%(?:25)*3A(?:%(?:25)*2F){2}[^\s"'<>`&]*/gi;
const credentialWords = /\b(bearer|basic)\s+[a-z0-9._~+/=-]{6,}/gi;
/** Shorter values are too common as plain words for a blind replacement. */
const shortestSecret = 4;

/** A URL without user, password, query and fragment; `?…` shows that there was a query. */
export function redactUrl(url: string): string {
  const trailing = /[),.;:!'\]]+$/.exec(url)?.[0] ?? '';
  const bare = trailing === '' ? url : url.slice(0, -trailing.length);
  const [, scheme, rest = '', mark] = /^([a-z][a-z0-9+.-]*:\/\/)([^?#]*)(\?|#)?/i.exec(bare) ?? [];
  if (scheme === undefined) return url;
  // Also of a URL in the path of another one.
  const place = `${scheme}${rest}`.replace(/(:\/\/)[^/]*@/g, '$1');
  // A password that should have been encoded ends the host early: nobody knows where the secret ends.
  if (/:\/\/[^/[]*:(?!\d*(?:\/|$))/.test(place)) return `${scheme}…`;
  return `${place}${mark === '?' ? '?…' : ''}${trailing}`;
}

/**
 * Takes everything secret out of a text that a person will read: every URL loses its credentials and query, every
 * authorization value and every one of `secrets` becomes `***`.
 */
export function redactText(text: string, secrets: Iterable<string> = []): string {
  let clean = text;
  // The longest first: a short one inside a longer one would leave the rest of it standing.
  const known = [...secrets].filter((secret) => secret.length >= shortestSecret).sort((a, b) => b.length - a.length);
  for (const secret of known) clean = clean.replaceAll(secret, '***');
  return clean
    .replace(encodedUrlPattern, redactEncoded)
    .replace(urlPattern, (url) => redactUrl(url.replace(/\\+\/?/g, '/')))
    .replace(credentialWords, '$1 ***');
}

/** The same for every text in a JSON object. */
export function redactJson(object: JsonObject, secrets: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, redactValue(value, secrets)]));
}

/** The same for every text in a JSON value. */
export function redactValue(value: JsonValue, secrets: readonly string[]): JsonValue {
  if (typeof value === 'string') return redactText(value, secrets);
  if (typeof value !== 'object' || value === null) return value;
  return Array.isArray(value) ? value.map((inner) => redactValue(inner, secrets)) : redactJson(value, secrets);
}

const secretNames = /key|secret|token|password|passphrase|credential|authorization/i;

/** The texts under names that sound secret (`apiKey`, `clientSecret`, …), anywhere in `settings`, and what is secret in its URLs. */
export function findSecrets(settings: unknown): string[] {
  return [...new Set(secretTexts(settings, false).flatMap(spellings))];
}

function secretTexts(value: unknown, isSecret: boolean): string[] {
  if (typeof value === 'string') return isSecret ? [value] : urlParts(value);
  if (typeof value !== 'object' || value === null) return [];
  const names = Array.isArray(value) ? undefined : secretNames;
  return Object.entries(value).flatMap(([name, inner]) => secretTexts(inner, isSecret || names?.test(name) === true));
}

/** What is secret in a URL: its user, its password, and the values in its query. Empty for a text that is no URL. */
export function urlSecrets(text: string): string[] {
  return [...new Set(urlParts(text).flatMap(spellings))];
}

function urlParts(text: string): string[] {
  // Most URLs have none of it, and reading one takes its time.
  if (!/[@?#]/.test(text)) return [];
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text) || !URL.canParse(text)) return [];
  const { username, password, search, hash } = new URL(text);
  const query = search.slice(1);
  return [username, password, query, ...query.split('&').map(afterEquals), hash.slice(1)];
}

/** As it stands, decoded, and encoded as in a URL, a form or JSON: the spellings that somebody who quotes it may use. */
function spellings(value: string): string[] {
  const decoded = decode(value);
  const inForm = new URLSearchParams({ '': decoded }).toString().slice(1);
  const inJson = JSON.stringify(value).slice(1, -1);
  return [value, decoded, encodeURIComponent(decoded), inForm, inJson].filter(({ length }) => length >= shortestSecret);
}

function afterEquals(pair: string): string {
  return pair.slice(pair.indexOf('=') + 1);
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

function redactEncoded(url: string): string {
  const decoded = decodeFully(url);
  return decoded.includes('://') ? redactUrl(decoded) : '***';
}

/** Until nothing changes any more: a URL may have been encoded again by each one that passed it on. */
function decodeFully(value: string): string {
  const decoded = decode(value);
  return decoded === value || !decoded.includes('%') ? decoded : decodeFully(decoded);
}
