import { createHash } from 'node:crypto';
import { parentPort } from 'node:worker_threads';
import type { Shared } from './hasher.js';

const hash = createHash('sha256');

parentPort?.on('message', (message: Shared | 'digest' | 'close') => {
  if (message === 'close') {
    parentPort?.close();
    return;
  }
  if (message === 'digest') {
    parentPort?.postMessage(hash.digest('hex'));
    return;
  }
  hash.update(message);
  parentPort?.postMessage('done');
});
