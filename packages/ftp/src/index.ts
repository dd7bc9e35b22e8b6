export { ftp } from './source.js';
