/** Where the jobs of Sluice live on one machine. */
export { type SqliteSettings, sqlite } from './sqlite.js';
