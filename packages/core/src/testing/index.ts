/** For the tests of adapters and stores. */
export { adapterCases } from './adapter-cases.js';
export type {
  AdapterSamples,
  AdapterSubject,
  ConformanceCase,
  EffectSample,
  PutSample,
  SampleDelivery,
  UploadSamples,
} from './adapter-subject.js';
export {
  type ScriptedAnswer,
  type ScriptedFailure,
  type ScriptedHttp,
  type ScriptedStep,
  type SentRequest,
  scriptedHttp,
} from './scripted-http.js';
export { type StoreCase, type StoreCaseOptions, storeCases } from './store-cases.js';
export { VirtualClock } from './virtual-clock.js';
