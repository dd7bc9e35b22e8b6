import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { type CephGateway, missingCeph, startCeph } from '@sluice/test-servers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, callFirework, signParts } from './firework-support.js';
import { uploadSuite } from './firework-upload-suite.js';
import { s3Cases } from './s3-cases/index.js';
import { connect, openStore, type S3Store } from './s3-cases/store.js';
import { emulate, sample } from './support.js';

const missing = await missingCeph();
const title = (name: string) => (missing === undefined ? name : `${name} (${missing})`);
const bucket = 'firework';
let ceph: CephGateway;

beforeAll(async () => {
  if (missing !== undefined) return;
  ceph = await startCeph();
  const client = connect(ceph);
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  client.destroy();
}, 120_000);

afterAll(() => ceph?.stop());

describe.skipIf(missing !== undefined)(title('Ceph’s gateway'), () => {
  let store: S3Store;

  beforeAll(async () => {
    store = await openStore(ceph);
  });

  afterAll(() => store?.client.destroy());

  it.each(s3Cases.map((one) => [one.name, one] as const))('%s', async (_name, { run, seen, ceph: own }) => {
    expect(await run(store)).toEqual(own ? own.seen : seen);
  });
});

describe.skipIf(missing !== undefined)(title('Firework over Ceph’s gateway'), () => {
  const place = () => ({
    endpoint: ceph.endpoint,
    region: ceph.region,
    accessKeyId: ceph.accessKeyId,
    secretAccessKey: ceph.secretAccessKey,
    bucket,
  });

  uploadSuite((firework) => emulate({ firework: { ...firework, uploads: place() } }));

  it('videos from URLs land there too', async () => {
    const emulator = await emulate({ firework: { uploads: place() } });
    const body = { channel_id: 'FwChannel', caption: 'x', url: sample(emulator) };
    expect((await callFirework(emulator, '/api/v1/videos', { body })).status).toBe(201);
    const file = emulator.media.files[0];
    expect(emulator.firework.videos()).toMatchObject([{ size: file?.size, sha256: file?.sha256, durationSeconds: 6 }]);
  });

  it('faults strike in front of it', async () => {
    const emulator = await emulate({
      firework: { uploads: place() },
      faults: [
        { on: 'part', kind: 'reset-mid', times: 1 },
        { on: 'part', kind: 'lost-answer', times: 1 },
      ],
    });
    const { parts } = await signParts(emulator, 1);
    const put = () => ask('--upload-file', import.meta.filename, parts[0]?.signature.put_url ?? '');
    expect([(await put()).status, (await put()).status, (await put()).status]).toEqual([0, 0, 200]);
    await expect
      .poll(() => emulator.firework.uploads()[0]?.tries.map(({ status }) => status))
      .toEqual([null, null, 200]);
  });

  it('what isn’t there to be reached is a server’s 500', async () => {
    const emulator = await emulate({ firework: { uploads: { ...place(), endpoint: 'http://127.0.0.1:9' } } });
    const body = { filename: 'a.mp4', mime_type: 'video/mp4', channel_id: 'FwChannel', parts_count: 1 };
    expect(await callFirework(emulator, '/api/v1/upload_multipart/signatures', { body })).toMatchObject({
      status: 500,
      json: { error: 'Internal Server Error' },
    });
  });
});
