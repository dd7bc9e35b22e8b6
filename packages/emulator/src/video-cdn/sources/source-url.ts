import { decodeURIComponentSafely } from '../../media/source.js';

/** A source's URL in its parts, decoded. */
export interface SourceUrl {
  /** Without the brackets of an IPv6 address. */
  host: string;
  /** 0 where the URL names none. */
  port: number;
  username: string;
  password: string;
  /** With its leading slash. */
  path: string;
}

/** Reads the URL of any scheme alike. */
export function readSourceUrl(location: string): SourceUrl {
  const { hostname, port, username, password, pathname } = new URL(location);
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port),
    username: decodeURIComponentSafely(username),
    password: decodeURIComponentSafely(password),
    path: decodeURIComponentSafely(pathname),
  };
}

/** A text without what the source's URL keeps secret: programs and servers quote what they were given. */
export function withoutCredentials(text: string, location: string): string {
  const url = new URL(location);
  const { username, password } = readSourceUrl(location);
  const secrets = [url.password, password, url.username, username, url.search.slice(1)];
  return secrets.filter((secret) => secret.length > 2).reduce((clean, secret) => clean.replaceAll(secret, '***'), text);
}
