import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../src/index.js';
import { s3Cases } from './s3-cases/index.js';
import { openStore, type S3Store } from './s3-cases/store.js';

describe('the emulator’s S3 face', () => {
  let emulator: Emulator;
  let store: S3Store;

  beforeAll(async () => {
    emulator = await startEmulator();
    store = await openStore(emulator.s3);
  });

  afterAll(async () => {
    store?.client.destroy();
    await emulator?.close();
  });

  it.each(s3Cases.map((one) => [one.name, one] as const))('%s', async (_name, { run, seen }) => {
    expect(await run(store)).toEqual(seen);
  });
});
