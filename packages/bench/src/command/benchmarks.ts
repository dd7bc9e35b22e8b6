import { batch } from '../batch/batch.js';
import { batchFaults } from '../batch/batch-faults.js';
import { batchKills } from '../batch/batch-kills.js';
import { coldStart } from '../cold-start/cold-start.js';
import type { Benchmark } from '../figures/benchmark.js';
import { ftp } from '../ftp/ftp.js';
import { memory } from '../memory/memory.js';
import { overhead } from '../overhead/overhead.js';
import { relay } from '../relay/relay.js';
import { size } from '../size/size.js';
import { store } from '../store/store.js';
import { upload } from '../upload/upload.js';

/** Everything there is to measure, in the order in which it is run. Another one is a line here. */
export const benchmarks: readonly Benchmark[] = [
  overhead,
  memory,
  coldStart,
  size,
  store,
  upload,
  ftp,
  relay,
  batch,
  batchKills,
  batchFaults,
];
