import type { EmulatedUploadPart, EmulatedUploadTry } from '../uploads/upload-try.js';

/** Texts, numbers and booleans by key. */
export type TwelvelabsMetadata = Record<string, string | number | boolean>;

/** An index. */
export interface EmulatedIndex {
  id: string;
  name: string;
  models: string[];
  /** Times are ms since the epoch on the provider's clock. */
  createdAt: number;
  /** The sha-256 of every video that is in it, or on its way into it. */
  digests: string[];
}

/** A file of an import that was taken. */
export interface EmulatedImportedVideo {
  id: string;
  filename: string;
  /** Hex. */
  sha256: string;
  /** When it was added to the import. */
  createdAt: number;
  state: 'validating' | 'pending' | 'queued' | 'indexing' | 'ready' | 'failed';
  error?: string;
}

/** An import from an integration. */
export interface EmulatedTransfer {
  integrationId: string;
  indexId: string;
  createdAt: number;
  endedAt: number | null;
  videos: EmulatedImportedVideo[];
  /** Those that were refused at once. */
  refused: { filename: string; error: string; sha256: string; createdAt: number }[];
  /** Files that the index had already, by their hash. */
  duplicates: string[];
  metadata: TwelvelabsMetadata;
}

/** An asset. */
export interface EmulatedAsset {
  id: string;
  method: 'direct' | 'url' | 'multipart';
  status: 'processing' | 'ready' | 'failed';
  filename: string;
  contentType: string;
  createdAt: number;
  metadata: TwelvelabsMetadata;
  hls: boolean;
  thumbnail: boolean;
  url?: string;
  /** Bytes and what was read of them, once they are there. */
  size?: number;
  /** Hex. */
  sha256?: string;
  durationSeconds?: number;
  width?: number;
  height?: number;
  error?: string;
}

/** An asset in an index. */
export interface EmulatedIndexedAsset {
  id: string;
  indexId: string;
  assetId: string;
  status: 'pending' | 'queued' | 'indexing' | 'ready' | 'failed';
  createdAt: number;
  indexedAt: number | null;
  stream: boolean;
  metadata: TwelvelabsMetadata;
  error?: string;
}

/** An upload session. */
export interface EmulatedSession {
  id: string;
  assetId: string;
  /** Where its chunks lie in the bucket, and their upload there. */
  key: string;
  uploadId: string;
  filename: string;
  totalSize: number;
  chunkSize: number;
  totalChunks: number;
  createdAt: number;
  expiresAt: number;
  state: 'active' | 'completed' | 'failed' | 'expired';
  /** What was reported, by its number. */
  reported: { index: number; etag: string; size: number; at: number }[];
  /** Calls that reported, and how many chunks each named. */
  reports: number[];
  /** How often each chunk was signed. */
  signed: Record<number, number>;
  /** Every PUT that came, in order, and the chunks as they stand in the store. */
  tries: EmulatedUploadTry[];
  parts: EmulatedUploadPart[];
  metadata: TwelvelabsMetadata;
}
