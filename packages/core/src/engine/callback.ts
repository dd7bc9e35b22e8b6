import { SluiceError } from '../model/error.js';
import type { JobRecord } from '../model/record.js';
import type { Engine } from './engine.js';
import { newToken } from './ids.js';
import type { Intake } from './intake.js';
import { textDigest } from './text-digest.js';

/**
 * Where providers reach this side from outside.
 * @throws SluiceError `invalid-request` for what is no http(s) URL, or has a query
 */
export function parsePublicUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username + url.search + url.hash !== '') {
    throw new SluiceError({
      code: 'invalid-request',
      message:
        'webhooks.publicUrl: must be an http or https URL without user, query or fragment, such as https://media.example.com/webhooks',
    });
  }
  return url.href.replace(/\/+$/, '');
}

/** Gives a job a token that only a provider which was told its callback URL can know. */
async function withCallback(record: JobRecord): Promise<JobRecord> {
  const token = newToken();
  return { ...record, callback: { hash: await textDigest(token), token } };
}

/** A record as it is saved first: with a token where the provider may call back. */
export async function firstRecord(
  { publicUrl }: Pick<Engine, 'publicUrl'>,
  { record, provider }: Pick<Intake, 'record' | 'provider'>,
): Promise<JobRecord> {
  const callsBack = publicUrl !== undefined && provider.members.webhook !== undefined;
  return callsBack ? withCallback(record) : record;
}

/** Where the provider may call back about a job. Secret. */
export function callbackUrl(publicUrl: string, { provider, id, callback }: JobRecord): string | undefined {
  if (callback?.token === undefined) return undefined;
  return `${publicUrl}/${encodeURIComponent(provider)}/${id}/${callback.token}`;
}

/** The job and the token that a callback URL ends with, wherever it is mounted. */
export function readCallbackPath(pathname: string): { job: string; token: string } | undefined {
  const [, job, token] = /\/(job_[0-9a-z]+)\/([0-9a-z]+)\/?$/.exec(pathname) ?? [];
  return job === undefined || token === undefined ? undefined : { job, token };
}

/** Compared by digest, so that the time it takes tells nothing of the token. */
export async function isCallbackToken(record: JobRecord, token: string): Promise<boolean> {
  return record.callback !== undefined && (await textDigest(token)) === record.callback.hash;
}
