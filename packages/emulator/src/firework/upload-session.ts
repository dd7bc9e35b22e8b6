/** One request that brought bytes to the object store, whole or not. */
export interface EmulatedUploadTry {
  /** Real time, ms since the epoch. */
  time: number;
  /** 1 for a form. */
  part: number;
  /** Bytes of the body, as its Content-Length announced them; of a form with its fields. */
  size: number;
  /** Bytes of the body that arrived. */
  received: number;
  /** What was answered, or `null` where no answer was given. */
  status: number | null;
  /** Whether the store took it in, answered or not. */
  stored: boolean;
  /** As sent, quotes and all. */
  etag?: string;
  /** The names of a form's fields, in the order in which they came. */
  fields?: string[];
}

/** A part as it stands in the store. */
export interface EmulatedUploadPart {
  part: number;
  /** Bytes. */
  size: number;
  etag: string;
  /** Real time, ms since the epoch, of the last one that was taken in. */
  time: number;
  /** How often it was PUT, taken in or not. */
  puts: number;
}

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
export function noteTry(upload: EmulatedUpload, { part, size, etag, time, stored }: EmulatedUploadTry): void {
  if (upload.way === 'form') {
    if (stored) upload.state = 'completed';
    return;
  }
  const puts = upload.tries.filter((one) => one.part === part).length;
  const known = upload.parts.find((one) => one.part === part);
  if (known) known.puts = puts;
  if (!stored || etag === undefined) return;
  const others = upload.parts.filter((one) => one !== known);
  upload.parts = [...others, { part, size, etag, time, puts }].sort((a, b) => a.part - b.part);
}
