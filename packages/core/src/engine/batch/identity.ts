import { canonicalJson } from '../../model/json.js';
import type { Source } from '../../model/source.js';
import type { Intake } from '../intake.js';
import { textDigest } from '../text-digest.js';

/** What a request of a batch is known by, and how long its text is. */
export interface Identity {
  /** The caller's own key, or a digest. Undefined for bytes that only this process has. */
  key: string | undefined;
  /** Characters. */
  length: number;
}

/**
 * The key of a request: the caller's own, else a digest of all that decides what will be at the provider: provider, account, source, name, metadata,
 * `ifExists` and options. How it gets there (route, priority, deadline) and what it is held against (expect) are not part of it. No secret of the
 * settings is either, so that a new API key is no new account.
 */
export async function identityOf({ request, provider }: Intake): Promise<Identity> {
  const { key, source, name, metadata, ifExists, options } = request;
  const { adapter, members } = provider;
  const text = canonicalJson({
    ...{ provider: provider.name, adapter: adapter.name, baseUrl: members.wire.baseUrl, account: members.account },
    ...{ source, name, metadata, ifExists, options: options?.[adapter.name] },
  });
  if (key !== undefined) return { key, length: text.length };
  return { key: isKnownAgain(source) ? `${prefix}${await textDigest(text)}` : undefined, length: text.length };
}

const prefix = 'batch-';

/** Of a key, for whoever keeps many of them: one that is a digest already is not digested once more. */
export async function keyDigest(key: string): Promise<string> {
  const digest = key.startsWith(prefix) ? key.slice(prefix.length) : '';
  return /^[0-9a-f]{64}$/.test(digest) ? digest : textDigest(key);
}

/** Bytes have no name that another process would know. */
function isKnownAgain({ kind }: Source): boolean {
  return kind !== 'bytes';
}
