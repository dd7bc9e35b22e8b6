/** What a caller is told where an add leaves the file that is there, which no page says. */
export type AddRefusal = 'conflict' | 'error' | 'ok';

/** The words for states; only `failed` is public. */
export interface VideoCdnStateWords {
  queued: string;
  fetching: string;
  ready: string;
  failed: string;
}

/** How the emulated Video CDN reaches sources over ssh. */
export interface VideoCdnSsh {
  /** The private key's path; without one, the password of the URL or the user's own keys. */
  identityFile?: string;
  /** Path of the known_hosts file; a host that is not in it is refused. Without one, the user's own. */
  knownHosts?: string;
}

/** How the emulated Video CDN is set up. Every time is in ms of the provider's clock. */
export interface VideoCdnEmulatorSettings {
  login: string;
  password: string;
  /** Which of the two ways to authorize a call it takes. */
  auth: 'both' | 'basic' | 'otp';
  /** How many files are pulled at once; 0 pulls none until `setPulls`. */
  pulls: number;
  /** How long a pull takes at least; the transfer itself takes what it takes. */
  pullMs: number;
  /** What `no_replace` is told where the name is taken: HTTP 409, an error with HTTP 200, or the file that is there. */
  taken: AddRefusal;
  /** The same where the file that is there is identical. */
  identical: AddRefusal;
  /** Whether the answer to an add says in `result` what it did: created, replaced or existing. */
  tellsResult: boolean;
  /** Whether a file that replaces another has its id. */
  replacementId: 'new' | 'kept';
  answers: 'json' | 'form' | 'lines';
  words: Partial<VideoCdnStateWords>;
  callbackRetries: { tries: number; everyMs: number };
  /** The region of `s3://` sources, which their URLs do not name. */
  s3Region: string;
  /** `auto`: http for endpoints on loopback, else https. */
  s3Protocol: 'auto' | 'http' | 'https';
  ssh: VideoCdnSsh;
  /** How many requests are remembered for `requests()`. */
  keepRequests: number;
}

/** The settings with every gap filled. */
export interface ResolvedVideoCdnSettings extends Omit<VideoCdnEmulatorSettings, 'words'> {
  words: VideoCdnStateWords;
}

const DEFAULTS: ResolvedVideoCdnSettings = {
  login: 'video-cdn-emulator-login',
  password: 'video-cdn-emulator-password',
  auth: 'both',
  pulls: 4,
  pullMs: 200,
  taken: 'conflict',
  identical: 'ok',
  tellsResult: false,
  replacementId: 'new',
  answers: 'json',
  words: { queued: 'queued', fetching: 'fetching', ready: 'ready', failed: 'failed' },
  callbackRetries: { tries: 5, everyMs: 60_000 },
  s3Region: 'us-east-1',
  s3Protocol: 'auto',
  ssh: {},
  keepRequests: 10_000,
};

/** Fills the gaps. @param s3Region of the emulator's own S3 */
export function resolveVideoCdnSettings(
  given: Partial<VideoCdnEmulatorSettings>,
  s3Region: string,
): ResolvedVideoCdnSettings {
  const settings = { ...DEFAULTS, s3Region, ...given, words: { ...DEFAULTS.words, ...given.words } };
  if (/[:\s]/.test(settings.login) || settings.login === '')
    throw new RangeError('videoCdn.login: no colons, no blanks');
  if (!Number.isInteger(settings.pulls) || settings.pulls < 0) throw new RangeError('videoCdn.pulls: 0 or more');
  return settings;
}
