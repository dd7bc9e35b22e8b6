import { createHash } from 'node:crypto';
import { parentPort } from 'node:worker_threads';
import type { Stretch } from './hasher.js';

const hash = createHash('sha256');

parentPort?.on('message', (message: Stretch | 'digest') => {
  if (message === 'digest') {
    parentPort?.postMessage(hash.digest('hex'));
    return;
  }
  hash.update(new Uint8Array(message.memory, message.offset, message.length));
  parentPort?.postMessage('done');
});
