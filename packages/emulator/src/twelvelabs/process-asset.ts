import { type MediaFacts, probeMediaFile, probeVideo } from '../media/probe.js';
import type { DigestedObject } from '../object-store/kept-object.js';
import type { EmulatedAsset, EmulatedSession } from './things.js';
import type { TwelvelabsState } from './twelvelabs-state.js';

/** The provider's own disk: what it fetched or received in one piece lies here. */
export const ASSETS = 'twelvelabs';

/** Bytes that an asset is made of, and what was read of them. */
interface Content {
  size: number;
  sha256: string;
  facts: MediaFacts;
}

/** What was received in one piece. */
export async function contentOf({ rooms }: TwelvelabsState, kept: DigestedObject): Promise<Content> {
  const { size, sha256 } = kept;
  return { size, sha256, facts: await probeMediaFile(rooms.objects.pathOf(ASSETS, kept)) };
}

/** What was put together from chunks: of its bytes only what is needed is read once more, but for its digest. */
export async function contentOfSession(
  { bucket }: TwelvelabsState,
  { key, totalSize }: EmulatedSession,
): Promise<Content> {
  const place = { bucket: bucket.store.bucket, key };
  const facts = await probeVideo({
    size: totalSize,
    read: async (start, end) => {
      const pieces: Uint8Array[] = [];
      for await (const piece of bucket.client.read(place, { start, end: end - 1 })) pieces.push(piece);
      return Buffer.concat(pieces);
    },
  });
  return { size: totalSize, sha256: await bucket.digest(key), facts };
}

/** Lets an asset become ready, or fail with the reason why its bytes did not come. */
export async function processAsset(
  state: TwelvelabsState,
  asset: EmulatedAsset,
  receive: () => Promise<Content>,
): Promise<void> {
  const { clock, closing, faults } = state.rooms;
  const { processingMs, unreadable } = state.settings;
  const { delayMs, rule } = faults.draw('processing', 'before', asset.filename);
  if (rule?.kind === 'stall') return;
  try {
    const { size, sha256, facts } = await receive();
    const { durationSeconds, width, height } = facts;
    Object.assign(asset, {
      size,
      sha256,
      ...(durationSeconds !== undefined && { durationSeconds }),
      ...(width !== undefined && height !== undefined && { width, height }),
    });
    await clock.sleep(processingMs + delayMs, closing);
    if (rule?.kind === 'failure') throw new Error('the file could not be processed');
    if (durationSeconds === undefined && unreadable === 'refuse') throw new Error('the file is not readable media');
    asset.status = 'ready';
  } catch (error) {
    closing.throwIfAborted();
    asset.status = 'failed';
    asset.error = error instanceof Error && error.message !== '' ? error.message : 'the file could not be processed';
  }
}
