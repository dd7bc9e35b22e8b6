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

/** Notes a PUT of a part that has ended: the parts as they stand in the store. */
export function noteParts(
  parts: readonly EmulatedUploadPart[],
  tries: readonly EmulatedUploadTry[],
  { part, size, etag, time, stored }: EmulatedUploadTry,
): EmulatedUploadPart[] {
  const puts = tries.filter((one) => one.part === part).length;
  const known = parts.find((one) => one.part === part);
  const others = parts.filter((one) => one !== known);
  const now = stored && etag !== undefined ? { part, size, etag, time, puts } : known && { ...known, puts };
  return now === undefined ? others : [...others, now].sort((a, b) => a.part - b.part);
}
