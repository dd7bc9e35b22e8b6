import { putting } from '../acme-put.js';
import type { Broken } from './breaking.js';

export const brokenPuts: Broken = {
  'makes an item of each file that was put into its bucket, and of no other': {
    'takes all of the bucket for the job’s': putting({ isIts: () => true }),
    'leaves out a file that failed': putting({ isIts: (name) => name === 'mine.mp4' }),
  },
  'knows the files that were put into its bucket after a lost start, too': {
    'forgets them': putting({ forgets: true }),
  },
};
