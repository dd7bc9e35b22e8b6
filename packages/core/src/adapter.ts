/** For plugin authors: everything that an adapter or a store is made of. */
export * from './model/adapter.js';
export * from './model/bytes.js';
export * from './model/capabilities.js';
export * from './model/define-adapter.js';
export * from './model/error.js';
export * from './model/http.js';
export * from './model/item.js';
export * from './model/json.js';
export * from './model/record.js';
export { redactText, redactUrl } from './model/redact.js';
export type { AdapterOptions, Expect, Metadata, ParsedRequest } from './model/request.js';
export { integration, parseSource, type Scheme, type Source, schemes } from './model/source.js';
export * from './model/upload.js';
export * from './store/contract.js';
export * from './store/define.js';
export { joinRecord, splitRecord } from './store/secrets.js';
export { type Authorization, renewable } from './wire/authorize.js';
