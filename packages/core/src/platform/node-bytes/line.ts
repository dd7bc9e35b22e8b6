import type { Agents } from './agents.js';
import type { Pace } from './pace.js';

/** What all transfers of a client share. */
export interface Line {
  agents: Agents;
  pace: Pace;
  /** Compare each part's MD5 with its ETag, where the ETag looks like one. */
  comparePartMd5: boolean;
}
