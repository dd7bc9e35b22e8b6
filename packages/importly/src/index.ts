export { importly } from './adapter.js';
export type { ImportlyOptions } from './options.js';
export type { ImportlySettings } from './settings.js';
