import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../src/index.js';
import { s3Cases } from './s3-cases/index.js';
import { openStore, type S3Store } from './s3-cases/store.js';
import { type CephGateway, missingCeph, startCeph } from './servers/ceph.js';

const named = s3Cases.map((one) => [one.name, one] as const);
const missing = await missingCeph();

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

  it.each(named)('%s', async (_name, { run, seen }) => {
    expect(await run(store)).toEqual(seen);
  });
});

describe.skipIf(missing !== undefined)(`Ceph’s gateway${missing === undefined ? '' : ` (${missing})`}`, () => {
  let ceph: CephGateway;
  let store: S3Store;

  beforeAll(async () => {
    ceph = await startCeph();
    store = await openStore(ceph);
  }, 120_000);

  afterAll(async () => {
    store?.client.destroy();
    await ceph?.stop();
  });

  it.each(named)('%s', async (_name, { run, seen, ceph: own }) => {
    expect(await run(store)).toEqual(own ? own.seen : seen);
  });
});
