import type { S3Operation } from './s3-call.js';
import { S3Error } from './s3-error.js';

/** CreateBucket. The body, which may name a region, is not looked at. */
export const createBucket: S3Operation = async ({ store, request, outgoing }) => {
  const { bucket, incoming } = request;
  incoming.resume();
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket)) {
    throw new S3Error('InvalidBucketName', 'The specified bucket is not valid.');
  }
  if (await store.hasBucket(bucket)) {
    throw new S3Error('BucketAlreadyOwnedByYou', 'The bucket you tried to create already exists, and you own it.');
  }
  await store.createBucket(bucket);
  outgoing.writeHead(200, { location: `/${bucket}`, 'content-length': '0' }).end();
  return 'bucket created';
};

/** HeadBucket; whether it exists was looked at before. */
export const headBucket: S3Operation = async ({ outgoing }) => {
  outgoing.writeHead(200, { 'content-length': '0' }).end();
  return 'bucket is there';
};
