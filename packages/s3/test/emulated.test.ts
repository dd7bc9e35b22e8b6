import { type Emulator, startEmulator } from '@sluice/emulator';
import { afterAll, beforeAll, describe } from 'vitest';
import { sourceSuite } from './source-suite.js';
import { stagingSuite } from './staging-suite.js';

describe('over the emulator’s S3 face', () => {
  let emulator: Emulator;

  beforeAll(async () => {
    emulator = await startEmulator({ s3: { bucket: 'media' } });
  });

  afterAll(() => emulator?.close());

  sourceSuite(() => emulator.s3);
  stagingSuite(() => emulator.s3);
});
