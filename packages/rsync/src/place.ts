import { SluiceError } from '@sluice/core/adapter';

/** A file, as its URL says. */
export interface FilePlace {
  transport: 'daemon' | 'ssh';
  host: string;
  port: number | undefined;
  username: string | undefined;
  password: string | undefined;
  /** Where the path counts from: a daemon's module, or over ssh the root or the user's home. */
  base: string;
  /** Without a slash at its beginning. */
  path: string;
  /** For messages: without credentials. */
  name: string;
}

/**
 * Reads `rsync://USER:PASSWORD@HOST:PORT/MODULE/PATH` and `rsync+ssh://USER:PASSWORD@HOST:PORT/PATH`. Over ssh the path counts from the
 * root; `/~/PATH` from the user's home.
 * @throws SluiceError `invalid-request`
 */
export function readPlace(text: string): FilePlace {
  const url = new URL(text);
  const name = `${url.protocol}//${url.host}${url.pathname}`;
  const [username, password, pathname = ''] = [url.username, url.password, url.pathname].map(decode);
  const transport = url.protocol === 'rsync:' ? 'daemon' : 'ssh';
  const [, base = '', path = ''] =
    (transport === 'daemon' ? /^\/([^/]+)\/(.+)$/s : /^\/(~(?=\/))?\/?(.+)$/s).exec(pathname) ?? [];
  if (path === '' || path.endsWith('/')) {
    const form = transport === 'daemon' ? 'rsync://HOST/MODULE/PATH' : 'rsync+ssh://HOST/PATH';
    throw invalid(`${name}: the URL names no file; it is written as ${form}`);
  }
  // It is the copy's path here, too.
  if (pathname.split('/').some((part) => part === '.' || part === '..')) {
    throw invalid(`${name}: the path must not hold . or .. in place of a name`);
  }
  if ([username, password, pathname].some((part) => /\p{Cc}/u.test(part ?? ''))) {
    throw invalid(`${name}: path, user and password must not hold control characters`);
  }
  if (/[\s"'@:/\\]|^-/.test(username ?? '')) throw invalid(`${name}: the user's name holds a sign that none can have`);
  // Nothing that a shell, ssh or rsync could take for anything but a host: names, and addresses of both kinds.
  if (!/^(?:[a-z0-9_][a-z0-9._-]*|\[[0-9a-f:.]+\])$/i.test(url.hostname)) throw invalid(`${name}: this is no host`);
  return {
    ...{ transport, path, name },
    base: transport === 'daemon' ? checkedModule(base, name) : base,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? undefined : Number(url.port),
    username: username === '' ? undefined : username,
    password: password === '' ? undefined : password,
  };
}

function checkedModule(module: string, name: string): string {
  if (!/^[\p{L}\p{N}_. +-]+$/u.test(module))
    throw invalid(`${name}: the module's name holds a sign that none can have`);
  return module;
}

/** A per cent sign may stand for itself. */
function decode(text: string): string {
  return decodeURIComponent(text.replace(/%(?![0-9a-f]{2})/gi, '%25'));
}

function invalid(message: string): SluiceError {
  return new SluiceError({ code: 'invalid-request', message });
}
