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
  expiresAt: number;
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
  const isIn = attempt.status !== null && attempt.status < 300;
  if (upload.way === 'form' && isIn) upload.state = 'completed';
  if (upload.way === 'form') return;
  const puts = upload.tries.filter(({ part }) => part === attempt.part).length;
  const known = upload.parts.find(({ part }) => part === attempt.part);
  if (known) known.puts = puts;
  if (attempt.etag === undefined) return;
  const { part, size, etag, time } = attempt;
  upload.parts = [...upload.parts.filter((one) => one !== known), { part, size, etag, time, puts }].sort(
    (a, b) => a.part - b.part,
  );
}
