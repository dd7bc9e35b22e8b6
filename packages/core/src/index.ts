/** For applications. */
export type * from './engine/batch/batch.js';
export type { OpenCircuit } from './engine/circuits.js';
export { createSluice } from './engine/create.js';
export type { HandlerOptions } from './engine/handler.js';
export type { RetryOptions } from './engine/retry-job.js';
export type * from './engine/sluice.js';
export type { MediaInfo, ProbeResult, Problem } from './model/adapter.js';
export type { ByteInput, BytesState, OpenBytes } from './model/bytes.js';
export type { CommonSettings, ConfiguredAdapter, Prices } from './model/define-adapter.js';
export { type ErrorCode, type ErrorFields, type RetryAdvice, SluiceError } from './model/error.js';
export type { ImportEvent } from './model/event.js';
export { type ByteOptions, fromBlob, fromBuffer } from './model/from-bytes.js';
export { fromStream, type StreamOptions } from './model/from-stream.js';
export type * from './model/item.js';
export type { ImportJob, WaitOptions } from './model/job.js';
export type { JsonObject, JsonValue } from './model/json.js';
export type { Cost, ImportSnapshot, JobState, Phase, Progress, WaitingFor, Warning } from './model/record.js';
export type { AdapterOptions, Expect, ImportRequest, Metadata } from './model/request.js';
export {
  type BucketFile,
  type BucketFileInput,
  integration,
  type Scheme,
  type Source,
  type SourceInput,
} from './model/source.js';
export type { JobFilter, Store, Swept } from './store/contract.js';
export { memoryStore } from './store/memory.js';
