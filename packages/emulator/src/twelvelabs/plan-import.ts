import { type MediaFacts, probeMedia } from '../media/probe.js';
import type { DigestedObject } from '../object-store/kept-object.js';
import type { ObjectStore } from '../object-store/object-store.js';
import { objectId } from './ids.js';
import { whatIsUnmet } from './prerequisites.js';
import type { TwelvelabsIntegration } from './settings.js';
import type { EmulatedImportedVideo, EmulatedIndex, EmulatedTransfer } from './things.js';
import type { TwelvelabsState } from './twelvelabs-state.js';

/** What an import was asked for. */
export interface ImportWish {
  incremental: boolean;
  retryFailed: boolean;
}

/** What becomes of the files of a bucket: which are taken, which are refused, and which are there already. */
export type ImportPlan = Pick<EmulatedTransfer, 'videos' | 'refused' | 'duplicates'>;

/**
 * Looks through a connected bucket. A file that the index has, by its hash, is left out; so is one that failed before, unless it is
 * to be tried again. Files that do not meet the prerequisites are refused at once; whether a file can be read at all shows later.
 */
export async function planImport(
  state: TwelvelabsState,
  { integration, index }: { integration: TwelvelabsIntegration; index: EmulatedIndex },
  wish: ImportWish,
): Promise<ImportPlan> {
  const plan: ImportPlan = { videos: [], refused: [], duplicates: [] };
  const taken = new Set(wish.incremental ? index.digests : []);
  const failed = new Set(wish.retryFailed ? [] : failedBefore(state, integration.id, index.id));
  const createdAt = state.rooms.clock.now();
  for (const file of await filesOf(state, integration)) {
    const { filename, sha256, size } = file;
    if (failed.has(sha256)) continue;
    if (wish.incremental && taken.has(sha256)) {
      plan.duplicates.push(filename);
      continue;
    }
    const facts = await factsOf(state, integration, file);
    const error = whatIsUnmet({ ...facts, size }, state.settings.prerequisites);
    if (error !== undefined) plan.refused.push({ filename, error, sha256, createdAt });
    else plan.videos.push({ id: objectId(), filename, sha256, createdAt, state: 'validating' });
    taken.add(sha256);
  }
  return plan;
}

/** A file of a bucket. */
interface BucketFile {
  filename: string;
  sha256: string;
  size: number;
  kept: DigestedObject;
}

/** The files of a bucket, in the order of their keys. */
async function filesOf(
  { connected }: TwelvelabsState,
  { bucket, prefix }: TwelvelabsIntegration,
): Promise<BucketFile[]> {
  const objects = (await connected.list(bucket)).filter(({ key }) => key.startsWith(prefix) && !key.endsWith('/'));
  const files: BucketFile[] = [];
  for (const kept of objects) {
    const sha256 = kept.sha256 ?? (await connected.digest(bucket, kept.key)) ?? '';
    files.push({ filename: kept.key.slice(prefix.length), sha256, size: kept.size, kept: { ...kept, sha256 } });
  }
  return files;
}

/** The names of all files of a bucket. */
export async function filenamesOf(
  { connected }: TwelvelabsState,
  { bucket, prefix }: TwelvelabsIntegration,
): Promise<string[]> {
  const keys = (await connected.list(bucket)).map(({ key }) => key);
  return keys.filter((key) => key.startsWith(prefix) && !key.endsWith('/')).map((key) => key.slice(prefix.length));
}

function failedBefore({ transfers }: TwelvelabsState, integrationId: string, indexId: string): string[] {
  const before = transfers.filter((one) => one.integrationId === integrationId && one.indexId === indexId);
  const lost = (video: EmulatedImportedVideo) => video.state === 'failed';
  return before.flatMap(({ refused, videos }) => [...refused, ...videos.filter(lost)].map(({ sha256 }) => sha256));
}

async function factsOf(
  { connected, facts }: TwelvelabsState,
  { bucket }: TwelvelabsIntegration,
  { sha256, kept }: BucketFile,
): Promise<MediaFacts> {
  const known = facts.get(sha256) ?? (await factsOfObject(connected, bucket, kept.key));
  facts.set(sha256, known);
  return known;
}

/** However it was put there, in one piece or in parts: of its bytes only what is needed is read. */
async function factsOfObject(connected: ObjectStore, bucket: string, key: string): Promise<MediaFacts> {
  const object = await connected.open(bucket, key);
  if (object === undefined) return {};
  try {
    return await probeMedia({
      size: object.kept.size,
      read: async (start, end) => {
        const pieces: Uint8Array[] = [];
        for await (const piece of object.read({ start, end: end - 1 })) pieces.push(piece);
        return Buffer.concat(pieces);
      },
    });
  } finally {
    await object.close();
  }
}
