import type { EmulatedImportRequest, EmulatedMetadataRequest } from './import-request.js';

/** Where an emulated job stands. */
export type EmulatedState = 'queued' | 'running' | 'completed' | 'failed';

/** Where an import lies in the user's bucket. */
export interface EmulatedS3Location {
  url: string;
  bucket: string;
  key: string;
}

interface EmulatedJob {
  id: string;
  status: EmulatedState;
  /** Times are ms since the epoch on the provider's clock. */
  createdAt: number;
  startedAt: number | null;
  completedAt: number | null;
  /** Why it failed, or the word with which it completed. */
  message?: string;
  title?: string;
  /** Missing where the file is no media. */
  durationSeconds?: number;
  /** Of the bytes that were fetched. */
  size?: number;
  contentType?: string;
  /** How often its status was asked for. */
  statusCalls: number;
}

/** One import that was accepted. */
export interface EmulatedImport extends EmulatedJob {
  request: EmulatedImportRequest;
  /** Hex, of the bytes that were fetched and are handed out. */
  sha256?: string;
  mediaUrl?: string;
  /** Where it lies in the user's bucket, whether or not the location is returned. */
  stored?: EmulatedS3Location;
  /** Why it was not stored although it was asked for; the provider itself never says. */
  storeError?: string;
  creditsUsed?: number;
  /** The object that holds its bytes in the emulator's own storage. */
  objectKey?: string;
}

/** One look at a source's metadata. */
export interface EmulatedMetadataJob extends EmulatedJob {
  kind: 'metadata' | 'metadata/basic';
  request: EmulatedMetadataRequest;
}

/** Whether the job takes one of the concurrent places. */
export function isActive(job: { status: EmulatedState }): boolean {
  return job.status === 'queued' || job.status === 'running';
}
