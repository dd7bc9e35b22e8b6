import type { OpenBytes } from './bytes.js';

/** Whether bytes are read at any position in next to no time, as a file's. Others are read once, in order and by one lane. */
export function isNear({ seekable, far }: OpenBytes): boolean {
  return seekable && far !== true;
}
