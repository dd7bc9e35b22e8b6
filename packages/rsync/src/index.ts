export { rsync } from './source.js';
