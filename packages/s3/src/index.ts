export { s3 } from './source.js';
export { s3Bucket, s3Staging } from './staging.js';
