import { type CephGateway, missingCeph, startCeph } from '@sluice/test-servers';
import { afterAll, beforeAll, describe } from 'vitest';
import { sourceSuite } from './source-suite.js';
import { stagingSuite } from './staging-suite.js';

const missing = await missingCeph();

describe.skipIf(missing !== undefined)(`over Ceph’s gateway (${missing ?? 'installed'})`, () => {
  let ceph: CephGateway;

  beforeAll(async () => {
    ceph = await startCeph();
  }, 120_000);

  afterAll(() => ceph?.stop());

  sourceSuite(() => ceph);
  stagingSuite(() => ceph);
});
