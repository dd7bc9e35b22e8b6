import { type EmulatedUploadPart, type EmulatedUploadTry, noteParts } from '../uploads/upload-try.js';

/** An upload that was signed for. */
export interface EmulatedUpload {
  way: 'form' | 'parts';
  /** Where it lies in the bucket. */
  key: string;
  /** Of an upload in parts. */
  uploadId?: string;
  partsCount?: number;
  channelId: string;
  filename: string;
  mimeType: string;
  /** Times are ms since the epoch on the provider's clock. */
  createdAt: number;
  /** When its signatures end, by the clock that they are checked by. */
  expiresAt: number;
  /** Failed: put together, found too small or too large, and deleted. */
  state: 'open' | 'completed' | 'failed';
  /** What arrived of an upload in parts, by number. */
  parts: EmulatedUploadPart[];
  /** Every request that came, in order. */
  tries: EmulatedUploadTry[];
  /** How often completing it was asked for. */
  completes: number;
}

/** Notes a request that has ended. */
export function noteTry(upload: EmulatedUpload, attempt: EmulatedUploadTry): void {
  if (upload.way === 'parts') upload.parts = noteParts(upload.parts, upload.tries, attempt);
  else if (attempt.stored) upload.state = 'completed';
}
