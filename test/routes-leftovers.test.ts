import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { createSluice, fromBuffer, type ImportJob, type Sluice, SluiceError, type SluiceOptions } from '@sluice/core';
import { type Emulator, startEmulator } from '@sluice/emulator';
import { importly } from '@sluice/importly';
import { s3Staging } from '@sluice/s3';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { keysIn, openUploadsIn } from './routes/servers.js';

const mebibyte = 1024 * 1024;
let emulator: Emulator;
const film = () => fromBuffer(randomBytes(40 * mebibyte), { name: 'film.mp4' });

beforeEach(async () => {
  emulator = await startEmulator({ importly: { limits: 'none', queuedMs: 0, runningMs: 0 } });
});

afterEach(() => emulator.close());

type Staging = NonNullable<SluiceOptions['staging']>;

function connect(change: (staging: Staging) => Staging = (staging) => staging): Sluice {
  const { apiKey, baseUrl } = emulator.importly;
  const { endpoint, region, bucket, accessKeyId, secretAccessKey } = emulator.s3;
  const sluice = createSluice({
    providers: { importly: importly({ apiKey, baseUrl, pollIntervalMs: 20 }) },
    staging: change(s3Staging({ endpoint, region, bucket, accessKeyId, secretAccessKey })),
  });
  onTestFinished(() => sluice.close());
  return sluice;
}

async function ended(job: ImportJob) {
  const error = await job.wait({ timeoutMs: 20_000 }).catch((thrown: unknown) => thrown);
  return SluiceError.is(error) ? { ...job.snapshot, error } : job.snapshot;
}

async function untilStarted(job: ImportJob): Promise<void> {
  while (job.snapshot.phase !== 'provider') {
    await delay(20);
    await job.refresh();
  }
}

async function inBucket(): Promise<{ objects: string[]; uploads: string[] }> {
  const { s3 } = emulator;
  return { objects: await keysIn(s3, s3.bucket), uploads: await openUploadsIn(s3, s3.bucket) };
}

const nothing = { objects: [], uploads: [] };

/** Somebody who may put and read, and no more. */
function withoutDelete(staging: Staging): Staging {
  const refuse = async () => {
    throw new SluiceError({ code: 'auth', message: `${staging.place}: access is denied; the credentials need more` });
  };
  return { ...staging, remove: refuse, abort: refuse };
}

describe('the staged object is gone', () => {
  test('once the job is completed', async () => {
    const job = await connect().import({ source: film() });
    expect(await ended(job)).toMatchObject({ state: 'completed', warnings: [] });
    expect(await inBucket()).toEqual(nothing);
  });

  test('once it failed, whoever says so', async () => {
    emulator.faults.add({ on: 'download', kind: 'cut-body' });
    const job = await connect().import({ source: film() });
    expect(await ended(job)).toMatchObject({ state: 'failed', error: { code: 'source-unreachable' } });
    expect(await inBucket()).toEqual(nothing);
  });

  test('once it was given up after the start', async () => {
    emulator.faults.add({ on: 'status', kind: 'latency', latencyMs: 300 });
    const job = await connect().import({ source: film() });
    await untilStarted(job);
    expect((await inBucket()).objects).toHaveLength(1);
    await job.cancel({ abandon: true });
    expect(job.snapshot.state).toBe('canceled');
    expect(await inBucket()).toEqual(nothing);
  });

  test('once the upload was canceled: nothing of it is left open', async () => {
    const sluice = connect((staging) => ({
      ...staging,
      // Nothing is signed beyond the first parts, and so the upload is still under way.
      sign: (_session, _numbers, { signal }) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      begin: async (object, context) => {
        const begun = await staging.begin(object, context);
        return { ...begun, first: begun.first.slice(0, 1) };
      },
    }));
    const job = await sluice.import({ source: film() });
    while ((await inBucket()).uploads.length === 0) await delay(20);
    await job.cancel();
    expect(job.snapshot.state).toBe('canceled');
    expect(await inBucket()).toEqual(nothing);
  });
});

describe('a bucket without the right to delete', () => {
  test('is a warning that names the object, and gc takes it away with credentials that may', async () => {
    const job = await connect(withoutDelete).import({ source: film() });
    const { state, warnings } = await ended(job);
    expect(state).toBe('completed');
    const { objects } = await inBucket();
    expect(objects).toEqual([`sluice-staging/${job.id}/film.mp4`]);
    expect(warnings).toEqual([{ code: 'staged-left', message: expect.stringContaining(`${objects[0]} stays`) }]);
    const { strays } = await connect(withoutDelete).gc({ olderThanMs: 0 });
    expect(strays).toMatchObject([{ what: 'object', name: objects[0], error: expect.stringContaining('denied') }]);
    expect((await connect().gc({ olderThanMs: 0 })).strays).toMatchObject([{ name: objects[0] }]);
    expect(await inBucket()).toEqual(nothing);
  });
});

describe('gc', () => {
  test('leaves what a job here still needs, what is young, and what is not ours', async () => {
    emulator.faults.add({ on: 'status', kind: 'latency', latencyMs: 500 });
    const sluice = connect();
    const job = await sluice.import({ source: film() });
    await untilStarted(job);
    expect((await sluice.gc({ olderThanMs: 0 })).strays).toEqual([]);
    // Another store does not know it.
    expect((await connect().gc()).strays).toEqual([]);
    expect((await connect().gc({ olderThanMs: 0, dryRun: true })).strays).toHaveLength(1);
    expect(await ended(job)).toMatchObject({ state: 'completed' });
  });
});
