import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';

/** A presigned URL lives for at most seven days (Amazon S3, "Sharing objects with presigned URLs"). */
export const longestPresignMs = 7 * 24 * 3_600_000;

/** Signing asks nobody. */
export const noFetch: typeof fetch = async () => {
  throw new Error('signing a URL takes no request');
};

/** A URL by which anybody can fetch the object for so long, within what S3 allows. */
export function presignGet(
  client: S3Client,
  { bucket, key }: { bucket: string; key: string },
  expiresInMs: number,
): Promise<string> {
  const expiresIn = Math.max(1, Math.floor(Math.min(expiresInMs, longestPresignMs) / 1_000));
  return getSignedUrl(client, new GetObjectCommand({ Bucket: bucket, Key: key }), { expiresIn });
}
