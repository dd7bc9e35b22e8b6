export { twelvelabs } from './adapter.js';
export type { TwelvelabsOptions } from './options.js';
export type { TwelvelabsSettings } from './settings.js';
