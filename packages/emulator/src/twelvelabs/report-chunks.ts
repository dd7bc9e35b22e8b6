import * as z from 'zod';
import type { JsonAnswer } from '../faults/broken-answer.js';
import { ok, refusal } from './answers.js';
import { addAsset } from './create-asset.js';
import { invalid } from './metadata.js';
import { contentOfSession, processAsset } from './process-asset.js';
import type { EmulatedSession } from './things.js';
import { runTask, type TwelvelabsState } from './twelvelabs-state.js';

const reportSchema = z.object({
  completed_chunks: z
    .array(
      z.object({
        chunk_index: z.int().min(1),
        proof: z.string().min(1),
        proof_type: z.literal('etag'),
        chunk_size: z.int().min(1),
      }),
    )
    .min(1),
});

type ReportedChunk = z.output<typeof reportSchema>['completed_chunks'][number];

/** Chunks that arrived, in any order; once all are reported the upload ends by itself. */
export async function reportChunks(
  state: TwelvelabsState,
  session: EmulatedSession,
  body: unknown,
): Promise<JsonAnswer> {
  const read = reportSchema.safeParse(body);
  if (!read.success) return invalid(read.error);
  const chunks = read.data.completed_chunks;
  session.reports.push(chunks.length);
  const wrong = chunks.find((chunk) => !isProven(session, chunk));
  if (wrong) return refusal(400, 'chunk_proof_invalid', `The proof of chunk ${wrong.chunk_index} does not match`);
  const known = new Set(session.reported.map(({ index }) => index));
  const fresh = chunks.filter(({ chunk_index }) => !known.has(chunk_index));
  for (const { chunk_index: index, proof: etag, chunk_size: size } of fresh) {
    session.reported.push({ index, etag, size, at: state.rooms.clock.now() });
  }
  const isWhole = session.reported.length === session.totalChunks;
  if (isWhole && session.state === 'active') await putTogether(state, session);
  return ok({
    ...(isWhole && { url: `${state.rooms.url}/twelvelabs/assets/${session.assetId}` }),
    asset_id: session.assetId,
    processed_chunks: fresh.length,
    duplicate_chunks: chunks.length - fresh.length,
    total_completed: session.reported.length,
  });
}

/** The ETag that the store gave, quotes or none, and the size of exactly that chunk. */
function isProven(
  { parts, chunkSize, totalSize, totalChunks }: EmulatedSession,
  { chunk_index: index, proof, chunk_size: size }: ReportedChunk,
): boolean {
  const bare = (etag: string) => etag.replaceAll('"', '');
  const expected = index < totalChunks ? chunkSize : totalSize - (totalChunks - 1) * chunkSize;
  const stored = parts.find(({ part }) => part === index);
  return stored !== undefined && bare(stored.etag) === bare(proof) && stored.size === size && size === expected;
}

async function putTogether(state: TwelvelabsState, session: EmulatedSession): Promise<void> {
  const { store, client } = state.bucket;
  session.state = 'completed';
  const parts = [...session.reported]
    .sort((a, b) => a.index - b.index)
    .map(({ index, etag }) => ({ part: index, etag }));
  await client.completeMultipartUpload(
    { bucket: store.bucket, key: session.key },
    { uploadId: session.uploadId, parts },
  );
  const { assetId: id, filename, metadata } = session;
  const known = {
    id,
    method: 'multipart',
    filename,
    contentType: 'video/mp4',
    metadata,
    hls: false,
    thumbnail: false,
  } as const;
  const asset = addAsset(state, known);
  runTask(state, () => processAsset(state, asset, () => contentOfSession(state, session)));
}
