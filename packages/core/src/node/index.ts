/** For applications on Node: files as sources, and configuration. */

export { DigestMap } from '../engine/batch/digest-map.js';
export type { Environment } from './configuration/environment.js';
export { findConfiguration } from './configuration/find.js';
export { type OpenOptions, openConfiguration } from './configuration/open.js';
export { type ReadConfiguration, readConfiguration } from './configuration/read.js';
export type { Configuration } from './configuration/schema.js';
export { fromFile } from './from-file.js';
export { type LoadOptions, loadSluice } from './load-sluice.js';
export { type Reached, reach } from './reach.js';
