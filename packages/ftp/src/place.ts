import { isIP } from 'node:net';
import { SluiceError } from '@sluice/core/adapter';

/** How a server is spoken to: in the clear, over TLS from the first byte, or over TLS after `AUTH TLS`. */
export type Security = 'none' | 'implicit' | 'explicit';

/** A file, as its URL says. */
export interface FilePlace {
  host: string;
  port: number;
  security: Security;
  /** As the server is asked for it: from the folder that the login leads to, or from the root where it begins with a slash. */
  path: string;
  username: string;
  password: string;
  /** For messages: without credentials. */
  name: string;
}

const ports: Record<Security, number> = { none: 21, explicit: 21, implicit: 990 };

/**
 * Reads `ftp://USER:PASSWORD@HOST:PORT/PATH` (RFC 1738: the path counts from the folder that the login leads to; `%2F` at its beginning is
 * the root). Without a user, everybody's `anonymous`.
 * @throws SluiceError `invalid-request`
 */
export function readPlace(text: string, told: (host: string) => Security | undefined): FilePlace {
  const url = new URL(text);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const usual = url.protocol === 'ftp:' ? 'none' : url.port === '21' ? 'explicit' : 'implicit';
  const security = told(url.host) ?? usual;
  const name = `${url.protocol}//${url.host}${url.pathname}`;
  if (url.protocol === 'ftps:' && security === 'none') {
    throw invalid(
      `${name}: ftps is never sent in the clear; write ftp in the URL, and take tls: 'none' out of the settings`,
    );
  }
  const [path, username, password] = [url.pathname.slice(1), url.username, url.password].map(decode);
  if (path === undefined || path === '' || path.endsWith('/')) throw invalid(`${name}: the URL names no file`);
  if ([path, username, password].some((part) => /\p{Cc}/u.test(part ?? ''))) {
    throw invalid(`${name}: path, user and password must not hold control characters`);
  }
  return {
    ...{ host, port: url.port === '' ? ports[security] : Number(url.port), security, path, name },
    username: username === undefined || username === '' ? 'anonymous' : username,
    password: username === undefined || username === '' ? 'guest' : (password ?? ''),
  };
}

/** As a certificate names it: an address is no name. */
export function serverName(host: string): { servername?: string } {
  return isIP(host) === 0 ? { servername: host } : {};
}

/** A per cent sign may stand for itself. */
function decode(text: string): string {
  return decodeURIComponent(text.replace(/%(?![0-9a-f]{2})/gi, '%25'));
}

function invalid(message: string): SluiceError {
  return new SluiceError({ code: 'invalid-request', message });
}
