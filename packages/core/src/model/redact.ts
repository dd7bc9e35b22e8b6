const urlPattern = /\b[a-z][a-z0-9+.-]*:\/\/[^\s"'<>`]+/gi;
const credentialWords = /\b(bearer|basic)\s+[a-z0-9._~+/=-]{6,}/gi;
/** Shorter values are too common as plain words for a blind replacement. */
const shortestSecret = 4;

/** A URL without user, password, query and fragment; `?…` shows that there was a query. */
export function redactUrl(url: string): string {
  const trailing = /[),.;:!\]]+$/.exec(url)?.[0] ?? '';
  const bare = trailing === '' ? url : url.slice(0, -trailing.length);
  const match = /^([a-z][a-z0-9+.-]*:\/\/)(?:[^/?#]*@)?([^?#]*)(\?|#)?/i.exec(bare);
  if (match === null) return url;
  return `${match[1]}${match[2]}${match[3] === '?' ? '?…' : ''}${trailing}`;
}

/**
 * Takes everything secret out of a text that a person will read: every URL loses its credentials and query, every
 * authorization value and every one of `secrets` becomes `***`.
 */
export function redactText(text: string, secrets: Iterable<string> = []): string {
  let clean = text;
  for (const secret of secrets) {
    if (secret.length >= shortestSecret) clean = clean.replaceAll(secret, '***');
  }
  return clean.replace(urlPattern, (url) => redactUrl(url)).replace(credentialWords, '$1 ***');
}

const secretNames = /key|secret|token|password|passphrase|credential|authorization/i;

/** The texts under names that sound secret (`apiKey`, `clientSecret`, …), anywhere in `settings`. */
export function findSecrets(settings: unknown): string[] {
  if (typeof settings !== 'object' || settings === null) return [];
  return Object.entries(settings).flatMap(([name, value]) => {
    if (typeof value === 'string') return secretNames.test(name) ? [value] : urlSecrets(value);
    return findSecrets(value);
  });
}

/** What is secret in a URL: its user, its password, and the values in its query. Empty for a text that is no URL. */
export function urlSecrets(text: string): string[] {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text) || !URL.canParse(text)) return [];
  const url = new URL(text);
  const encoded = [url.username, url.password, url.search.slice(1), ...url.search.slice(1).split('&').map(afterEquals)];
  const all = encoded.flatMap((value) => [value, decode(value)]);
  return [...new Set(all)].filter((value) => value.length >= shortestSecret);
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
