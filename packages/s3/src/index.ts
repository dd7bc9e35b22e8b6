export { s3 } from './source.js';
export { s3Staging } from './staging.js';
