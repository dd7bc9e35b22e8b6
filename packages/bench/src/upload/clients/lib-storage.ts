import { createReadStream } from 'node:fs';
import { S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import type { Sending } from '../sending.js';

/** The AWS SDK's uploader, which holds each part in memory; without the checksums that may be turned off. */
export async function send({ file, size, partSize, inFlight, origin }: Sending): Promise<void> {
  const client = new S3Client({
    region: 'us-east-1',
    endpoint: origin,
    forcePathStyle: true,
    credentials: { accessKeyId: 'a-key', secretAccessKey: 'a-secret' },
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  const Body = createReadStream(file, { end: size - 1, highWaterMark: 512 * 1024 });
  const params = { Bucket: 'bucket', Key: 'film.mp4', Body, ContentLength: size };
  await new Upload({ client, params, partSize, queueSize: inFlight }).done();
  client.destroy();
}
