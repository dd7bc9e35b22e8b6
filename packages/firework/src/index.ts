export { firework } from './adapter.js';
export type { FireworkCalls } from './calls.js';
export type { FireworkVideoPatch } from './metadata.js';
export type { FireworkOptions } from './options.js';
export type { FireworkSettings } from './settings.js';
export type { FireworkVideo } from './wire-shapes.js';
