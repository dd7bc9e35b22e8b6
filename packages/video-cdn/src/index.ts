export { videoCdn } from './adapter.js';
export type { AnswerParser } from './answer-formats.js';
export type { VideoCdnCalls, VideoCdnFile } from './calls.js';
export type { VideoCdnOptions } from './options.js';
export type { VideoCdnSettings } from './settings.js';
