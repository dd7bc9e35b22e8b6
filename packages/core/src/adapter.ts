/** For plugin authors: everything that an adapter, a store, a source or a staging bucket is made of. */
export * from './model/adapter.js';
export * from './model/bytes.js';
export * from './model/capabilities.js';
export * from './model/define-adapter.js';
export * from './model/define-source.js';
export * from './model/define-staging.js';
export { parseDelivery, unreadableDelivery } from './model/delivery.js';
export * from './model/error.js';
export * from './model/http.js';
export { type IssueScope, invalidInput } from './model/issues.js';
export * from './model/item.js';
export * from './model/json.js';
export * from './model/record.js';
export { redactText, redactUrl } from './model/redact.js';
export type { AdapterOptions, Expect, Metadata, ParsedRequest } from './model/request.js';
export { baseUrlSchema, type TimedWebhookSettings, timedWebhookSchema, webUrlSchema } from './model/setting-schemas.js';
export {
  type BucketFile,
  type BucketFileInput,
  integration,
  parseSource,
  type Scheme,
  type Source,
  schemes,
} from './model/source.js';
export { sourceChanged } from './model/source-changed.js';
export * from './model/source-fetch.js';
export { assertTimedSignature, type TimedSignature } from './model/timed-signature.js';
export * from './model/upload.js';
export * from './store/contract.js';
export * from './store/define.js';
export { joinRecord, splitRecord } from './store/secrets.js';
export { type Authorization, renewable } from './wire/authorize.js';
export type { Clock } from './wire/clock.js';
export { type RangedSource, rangedBytes } from './wire/ranged-bytes.js';
