import type { OpenBytes } from '../model/bytes.js';
import type { ConfiguredSource, SourceContext, SourceState } from '../model/define-source.js';
import { SluiceError } from '../model/error.js';
import { redactUrl } from '../model/redact.js';
import { schemes } from '../model/source.js';
import { asStopped } from '../wire/until-stopped.js';

/** How long a connection to a source may say nothing, in milliseconds. */
const idleTimeoutMs = 30_000;

/** What opens a kind of URL for its user, so that the URLs themselves can stay clean. */
export interface SourceCredentials {
  username: string;
  password: string;
}

/** What one look or one reading needs. */
export interface ReadingOptions {
  signal: AbortSignal;
  /** Bytes, as the request says. */
  expectedSize?: number | undefined;
}

interface Origin extends SourceCredentials {
  /** Such as `ftp://files.example:2121`. */
  origin: string;
  /** Such as `/bucket`; empty for all that is there. */
  path: string;
}

/** What can be read from here, by scheme, and with which credentials. */
export class Sources {
  readonly #byScheme = new Map<string, ConfiguredSource>();
  readonly #origins: readonly Origin[];
  readonly #context: Omit<SourceContext, 'signal' | 'expectedSize' | 'idleTimeoutMs'>;

  /** @throws SluiceError `invalid-request` for credentials under what is no URL */
  constructor(options: {
    sources: readonly ConfiguredSource[];
    credentials: Record<string, SourceCredentials>;
    context: Omit<SourceContext, 'signal' | 'expectedSize' | 'idleTimeoutMs'>;
  }) {
    for (const source of options.sources) {
      for (const scheme of source.schemes) this.#byScheme.set(scheme, source);
    }
    // The longest path first: what is said of a bucket goes before what is said of its host.
    this.#origins = Object.entries(options.credentials).map(readOrigin).sort(byLength);
    this.#context = options.context;
  }

  /** Whether sources of the scheme can be read from here. */
  canOpen(scheme: string | undefined): boolean {
    return scheme !== undefined && this.#byScheme.has(scheme);
  }

  /** Whether a URL can be presigned for others. */
  canPresign(scheme: string | undefined): boolean {
    return scheme !== undefined && this.#byScheme.get(scheme)?.presign !== undefined;
  }

  /** The URL with the credentials that are configured for where it leads, unless it has its own. */
  withCredentials(url: string): string {
    if (this.#origins.length === 0) return url;
    const target = new URL(url);
    if (target.username !== '' || target.password !== '') return url;
    const found = this.#origins.find(
      ({ origin, path }) => originOf(target) === origin && isBelow(target.pathname, path),
    );
    if (found === undefined) return url;
    target.username = encodeURIComponent(found.username);
    target.password = encodeURIComponent(found.password);
    return target.href;
  }

  /** @throws SluiceError `source-unreachable`, `auth`, `unsupported` naming the package that is missing; `aborted` once the signal has fired */
  look(url: string, options: ReadingOptions): Promise<SourceState> {
    const looking = this.#of(url).look(this.withCredentials(url), this.#contextOf(options));
    return asStopped(options.signal, looking);
  }

  /** @throws SluiceError as {@link Sources.look} */
  open(url: string, options: ReadingOptions): Promise<OpenBytes> {
    const opening = this.#of(url).open(this.withCredentials(url), this.#contextOf(options));
    return asStopped(options.signal, opening);
  }

  /** An https URL under which others can fetch it, for as long as was asked for or as long as is possible. */
  presign(url: string, { forMs }: { forMs: number }): Promise<string> {
    const { presign, longestPresignMs = Number.POSITIVE_INFINITY } = this.#of(url);
    if (presign === undefined) throw new Error(`${redactUrl(url)} cannot be presigned`);
    return presign(this.withCredentials(url), { expiresInMs: Math.min(forMs, longestPresignMs) });
  }

  #of(url: string): ConfiguredSource {
    const scheme = schemeOf(url);
    const source = this.#byScheme.get(scheme);
    if (source !== undefined) return source;
    throw new SluiceError({ code: 'unsupported', message: unreadable(scheme) });
  }

  #contextOf({ signal, expectedSize }: ReadingOptions): SourceContext {
    return { ...this.#context, signal, idleTimeoutMs, ...(expectedSize !== undefined && { expectedSize }) };
  }
}

/** Why a scheme cannot be read from here, and the way out. */
export function unreadable(scheme: string): string {
  const known = packages[scheme];
  const advice =
    known === undefined ? `sources are ${schemes.join(', ')}` : `install ${known} and name it under "sources"`;
  return `${scheme} URLs cannot be read from here; ${advice}`;
}

const packages: Record<string, string> = {
  ftp: '@sluice/ftp',
  ftps: '@sluice/ftp',
  rsync: '@sluice/rsync',
  'rsync+ssh': '@sluice/rsync',
  s3: '@sluice/s3',
};

function schemeOf(url: string): string {
  return new URL(url).protocol.slice(0, -1);
}

/** `URL.origin` knows only the schemes of browsers. */
function originOf({ protocol, host }: URL): string {
  return `${protocol}//${host}`;
}

function isBelow(pathname: string, path: string): boolean {
  return path === '' || pathname === path || pathname.startsWith(`${path}/`);
}

function readOrigin([key, credentials]: [string, SourceCredentials]): Origin {
  const url = URL.canParse(key) ? new URL(key) : undefined;
  if (url === undefined || url.host === '' || url.username + url.password + url.search + url.hash !== '') {
    throw new SluiceError({
      code: 'invalid-request',
      message: `credentials: "${redactUrl(key)}" must be a scheme and a host, such as ftp://files.example or s3://endpoint.example/bucket`,
    });
  }
  return { ...credentials, origin: originOf(url), path: url.pathname.replace(/\/+$/, '') };
}

function byLength(a: Origin, b: Origin): number {
  return b.path.length - a.path.length;
}
