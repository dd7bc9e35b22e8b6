import type { Asset, Cost, JobState, JsonValue, ProviderSnapshot, StoredPlace, Warning } from '@sluice/core/adapter';
import type { Accepted, ImportState } from './wire-shapes.js';

/** What a look has besides the answer. */
export interface LookContext {
  /** The id of the import. */
  id: string;
  /** `data` as it came. */
  raw: JsonValue;
  /** Whether the request asked for the user's own bucket. */
  stored: boolean;
  /** Epoch milliseconds. */
  now: number;
}

type Standing = Pick<ProviderSnapshot, 'state' | 'rawState' | 'unmapped'>;

/** Importly, Import Endpoint page: "running" in one place is "importing" in another. */
const states = new Map<string, JobState>([
  ['queued', 'queued'],
  ['running', 'running'],
  ['importing', 'running'],
  ['completed', 'completed'],
  ['failed', 'failed'],
]);

/** Importly's word for a state as ours; a word that is none of its page's is `running`, unmapped. */
function stateOf(word: string): Standing {
  const state = states.get(word.toLowerCase());
  return state === undefined ? { state: 'running', rawState: word, unmapped: true } : { state, rawState: word };
}

/** How an import stands by the answer to its start, which has no result: what is completed already is told by the next look. */
export function readFirstSnapshot(answer: Accepted): ProviderSnapshot {
  const standing = stateOf(answer.status ?? 'queued');
  if (standing.state === 'failed') return failure(answer.id, standing, answer.message);
  return standing.state === 'completed' ? { ...standing, state: 'running' } : standing;
}

/** How an import stands. */
export function readSnapshot(answer: ImportState, look: LookContext): ProviderSnapshot {
  const standing = stateOf(answer.status);
  if (standing.state === 'failed') return failure(look.id, standing, answer.message ?? answer.result?.message);
  if (standing.state !== 'completed') return standing;
  const result = resultOf(answer);
  const cost = costOf(result);
  return {
    ...standing,
    items: [
      {
        ok: true,
        ref: look.id,
        asset: assetOf(result, answer.completedAt, look),
        of: { size: 'rendition' },
        ...storedIn(result),
      },
    ],
    warnings: warningsOf(result, look.stored),
    ...(cost !== undefined && { cost }),
  };
}

function failure(id: string, standing: Standing, told: string | null | undefined): ProviderSnapshot {
  const message = told ?? 'Importly gives no reason';
  return { ...standing, message, items: [{ ok: false, ref: id, message }] };
}

type Result = NonNullable<ImportState['result']>;

/** The nested fields first, the flat ones where those are silent. */
function resultOf(answer: ImportState): Result {
  const { result } = answer;
  return {
    mediaUrl: result?.mediaUrl ?? answer.mediaUrl,
    title: result?.title ?? answer.title,
    duration: result?.duration ?? answer.duration,
    creditsUsed: result?.creditsUsed ?? answer.creditsUsed,
    costInDollars: result?.costInDollars ?? answer.costInDollars,
    fileSizeBytes: result?.fileSizeBytes ?? answer.fileSizeBytes,
    s3Storage: result?.s3Storage ?? answer.s3Storage,
  };
}

function assetOf(result: Result, completedAt: string | null | undefined, look: LookContext): Asset {
  const asset: Asset = { id: look.id, raw: look.raw };
  const url = result.mediaUrl ?? result.s3Storage?.url;
  if (url != null) asset.url = url;
  if (result.fileSizeBytes != null) asset.size = result.fileSizeBytes;
  if (result.duration != null) asset.durationSeconds = result.duration;
  if (result.title != null) asset.title = result.title;
  if (!isInBucket(result)) asset.expiresAt = expiryOf(completedAt, look.now);
  return asset;
}

/** Whether Importly names any place in the user's own bucket. */
function isInBucket({ s3Storage }: Result): boolean {
  return [s3Storage?.url, s3Storage?.bucket, s3Storage?.key].some((told) => told != null && told !== '');
}

/** Where it is in the user's own bucket, as far as Importly tells. */
function storedIn({ s3Storage }: Result): { stored?: StoredPlace } {
  const { url, bucket, key } = s3Storage ?? {};
  if (url == null || bucket == null || key == null || !URL.canParse(url)) return {};
  return { stored: { url, bucket, key } };
}

/** Importly, Import Endpoint page: "Your media stays on Importly's servers for up to 7 days". */
const retentionMs = 7 * 24 * 3_600_000;

/** Counted from the moment of completion; where Importly does not tell it, from the first sight of it. */
function expiryOf(completedAt: string | null | undefined, now: number): string {
  const completed = Date.parse(completedAt ?? '');
  return new Date((Number.isNaN(completed) ? now : completed) + retentionMs).toISOString();
}

function costOf(result: Result): Cost | undefined {
  if (result.creditsUsed != null) return { amount: result.creditsUsed, unit: 'credits' };
  return result.costInDollars == null ? undefined : { amount: result.costInDollars, unit: 'USD' };
}

function warningsOf(result: Result, stored: boolean): Warning[] {
  const warnings: Warning[] = [];
  if (stored && !isInBucket(result)) {
    warnings.push({
      code: 'not-stored',
      message:
        'store was asked for and Importly names no place in the bucket: either the upload failed, and the file is on Importly for up to ' +
        '7 days, or it is in the bucket and its location was not returned (ask for it with storageReturnLocation: true)',
    });
  }
  if (result.mediaUrl == null && result.s3Storage?.url == null) {
    warnings.push({
      code: 'no-url',
      message: 'Importly says "completed" and gives no mediaUrl; look at the asset\'s raw answer',
    });
  }
  return warnings;
}
