import { DeleteObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { createSluice, SluiceError, type SluiceOptions } from '@sluice/core';
import { type Emulator, startEmulator } from '@sluice/emulator';
import { importly } from '@sluice/importly';
import { s3 } from '@sluice/s3';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';

let emulator: Emulator;

beforeEach(async () => {
  emulator = await startEmulator({ importly: { limits: 'none', queuedMs: 0, runningMs: 0 } });
});

afterEach(() => emulator.close());

interface Bringing {
  options?: Partial<SluiceOptions>;
  store?: boolean;
  /** Done when Importly says "completed", and before the bucket is asked. */
  meanwhile?: () => Promise<unknown>;
}

async function bring({ options = {}, store = true, meanwhile = async () => undefined }: Bringing = {}) {
  const { apiKey, baseUrl } = emulator.importly;
  const { endpoint, accessKeyId, secretAccessKey } = emulator.s3;
  const { host } = new URL(endpoint);
  const source = s3({ endpoints: { [host]: { tls: false } } });
  const sluice = createSluice({
    providers: { importly: importly({ apiKey, baseUrl, pollIntervalMs: 20 }) },
    sources: [
      {
        ...source,
        look: async (url, context) => {
          await meanwhile();
          return source.look(url, context);
        },
      },
    ],
    credentials: { [`s3://${host}`]: { username: accessKeyId, password: secretAccessKey } },
    network: { allowPrivateAddresses: true },
    ...options,
  });
  onTestFinished(() => sluice.close());
  const media = emulator.media.files[0]?.url ?? '';
  const job = await sluice.import({ source: media, verify: true, options: { importly: { store } } });
  const error = await job.wait({ timeoutMs: 40_000 }).catch((thrown: unknown) => thrown);
  return { snapshot: job.snapshot, error: SluiceError.is(error) ? error.toJSON() : undefined };
}

function removeStored(): Promise<void> {
  return changeStored((client, place) => client.send(new DeleteObjectCommand(place)));
}

/** Something else is put where the result stood. */
function replaceStored(): Promise<void> {
  return changeStored((client, place) => client.send(new PutObjectCommand({ ...place, Body: 'five!' })));
}

type Place = { Bucket: string; Key: string };

async function changeStored(change: (client: S3Client, place: Place) => Promise<unknown>): Promise<void> {
  const { endpoint, region, accessKeyId, secretAccessKey } = emulator.s3;
  const credentials = { accessKeyId, secretAccessKey };
  const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  for (const { stored } of emulator.importly.imports()) {
    if (stored !== undefined) await change(client, { Bucket: stored.bucket, Key: stored.key });
  }
  client.destroy();
}

describe('where the result stands in a bucket of the user’s own', () => {
  test('the bucket is asked, and all is well', async () => {
    let asked = 0;
    const { snapshot } = await bring({ meanwhile: async () => (asked += 1) });
    expect(snapshot).toMatchObject({ state: 'completed', warnings: [] });
    expect(asked).toBe(1);
  });

  test('and is not there, the job failed: integrity', async () => {
    const { error } = await bring({ meanwhile: removeStored });
    expect(error).toMatchObject({ code: 'integrity', message: expect.stringMatching(/s3:\/\/.* is not there/) });
  });

  test('and has another size, the job failed: integrity, with both sizes', async () => {
    const { snapshot, error } = await bring({ meanwhile: replaceStored });
    const { size } = emulator.media.files[0] ?? {};
    expect(error).toMatchObject({
      code: 'integrity',
      retry: 'never',
      message: expect.stringMatching(new RegExp(`s3://.* has 5 bytes, and importly said ${size}$`)),
    });
    expect(snapshot).toMatchObject({ state: 'failed', items: [{ ok: false, error: { code: 'integrity' } }] });
  });

  test('without credentials it is a warning that says which', async () => {
    const { snapshot } = await bring({ options: { credentials: {} } });
    expect(snapshot.state).toBe('completed');
    expect(snapshot.warnings).toEqual([
      { code: 'not-verified', message: expect.stringMatching(/no credentials for s3:\/\/127\.0\.0\.1:\d+; name them/) },
    ]);
  });

  test('what the provider stored nowhere is a warning too', async () => {
    const { snapshot } = await bring({ store: false });
    expect(snapshot.warnings).toMatchObject([{ code: 'not-verified' }]);
  });
});
