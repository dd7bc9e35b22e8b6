const mebibyte = 1024 * 1024;
/** "Amazon S3 multipart upload limits": at most 10,000 parts of 5 MiB to 5 GiB. */
const mostParts = 10_000;
const usualPart = 16 * mebibyte;

/** Bytes of every part but the last: 16 MiB up to 156 GiB, beyond that as few more whole MiB as 10,000 parts take. */
export function partSizeFor(size: number): number {
  return Math.max(usualPart, Math.ceil(size / mostParts / mebibyte) * mebibyte);
}
