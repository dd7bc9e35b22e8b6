import type * as z from 'zod';
import type { OpenBytes } from './bytes.js';
import type { Scheme } from './source.js';
import type { SourceFetch } from './source-fetch.js';

/** What a source package is given besides a URL. */
export interface SourceContext {
  /** Fires when the step must stop: close every socket and end every program. */
  signal: AbortSignal;
  /**
   * The address to connect to for a host. To be asked right before each connection, also after a redirect: a URL may come from a stranger.
   * @throws SluiceError `invalid-request` for a private address, unless the application allows them
   */
  resolve(host: string): Promise<string>;
  /** For sources over http(s): under the address guard, through proxy and authorities of the network setting. Redirects are the caller's to judge. */
  fetch: typeof fetch;
  /**
   * For content over http(s): where the platform has something faster than its fetch, that. It is under the same guard, and goes through
   * the same proxy and authorities.
   */
  read: SourceFetch;
  /** How this side reaches the network. */
  network: { proxy?: string; ca?: string };
  /** Milliseconds without a byte before a connection counts as dead. */
  idleTimeoutMs: number;
  /** Bytes, as the request says: taken where the far side does not tell its size, and held against what is read. */
  expectedSize?: number;
}

/** What a far side tells of its bytes. */
export interface SourceState {
  /** Bytes; absent where the far side does not tell. */
  size?: number;
  /** Changes whenever the content may have: as in `BytesState`. */
  fingerprint: string;
}

/** What a package for sources does. The URLs that it is given carry their credentials. */
export interface SourceMembers {
  /** Size and fingerprint, without reading the content. @throws SluiceError `source-unreachable`, `auth`, `unsupported` */
  look(url: string, context: SourceContext): Promise<SourceState>;
  /**
   * Opens the bytes, at any position where the far side allows it.
   * @throws SluiceError as {@link SourceMembers.look}; `unsupported` too where the size is neither told nor expected
   */
  open(url: string, context: SourceContext): Promise<OpenBytes>;
  /** An https URL under which anybody can fetch the object for a while. */
  presign?(url: string, options: { expiresInMs: number }): Promise<string>;
  /** The longest that a presigned URL may live, in milliseconds. */
  longestPresignMs?: number;
}

/** What the author of a source package writes. */
export interface SourceDefinition<Settings extends z.ZodObject> {
  /** The word for it in messages. */
  name: string;
  schemes: readonly Scheme[];
  /** Unknown keys are refused. */
  settings: Settings;
  create(settings: z.output<Settings>): SourceMembers;
}

/** A source package with its settings, as `createSluice` takes it under `sources`. */
export interface ConfiguredSource extends SourceMembers {
  name: string;
  schemes: readonly Scheme[];
}

const brand = Symbol.for('sluice.source');

/** What {@link defineSource} makes: call it with settings, or with none. @throws ZodError for settings that break a rule */
export interface SourceFactory<Settings extends z.ZodObject = z.ZodObject> {
  (settings?: z.input<Settings>): ConfiguredSource;
  readonly source: { name: string; schemes: readonly Scheme[]; settings: z.ZodObject };
}

/** Makes a package that opens sources of some schemes. */
export function defineSource<Settings extends z.ZodObject>(
  definition: SourceDefinition<Settings>,
): SourceFactory<Settings> {
  const { name, schemes, create } = definition;
  const settings = definition.settings.strict();
  const configure = (input?: z.input<Settings>): ConfiguredSource => {
    settings.parse(input ?? {});
    return { name, schemes, ...create(definition.settings.parse(input ?? {})) };
  };
  return Object.assign(configure, { source: { name, schemes, settings }, [brand]: true });
}

/** True for what {@link defineSource} made, also by another copy of this package. */
export function isSourceFactory(value: unknown): value is SourceFactory {
  return typeof value === 'function' && brand in value;
}
