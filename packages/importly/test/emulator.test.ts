import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createSluice, type ImportRequest, type Sluice, type SluiceOptions } from '@sluice/core';
import { type Emulator, type EmulatorOptions, startEmulator } from '@sluice/emulator';
import { afterEach, describe, expect, test } from 'vitest';
import { type ImportlySettings, importly } from '../src/index.js';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** Importly on loopback and a client of it that looks often. */
async function connect(
  options: EmulatorOptions = {},
  settings: Partial<ImportlySettings> & { pollIntervalMs?: number } = {},
  more: Pick<SluiceOptions, 'webhooks'> = {},
) {
  const emulator = await startEmulator({ ...options, importly: { queuedMs: 0, runningMs: 20, ...options.importly } });
  closers.push(() => emulator.close());
  const { baseUrl, apiKey } = emulator.importly;
  const sluice = createSluice({
    providers: { importly: importly({ baseUrl, apiKey, pollIntervalMs: 20, ...settings }) },
    ...more,
  });
  closers.push(() => sluice.close());
  return { emulator, sluice };
}

function sample({ media }: Emulator) {
  const file = media.files.find(({ name }) => name === 'sample.mp4');
  if (file === undefined) throw new Error('the emulator has no sample.mp4');
  return file;
}

async function importSample(sluice: Sluice, emulator: Emulator, request: Partial<ImportRequest> = {}) {
  const job = await sluice.import({ source: sample(emulator).url, ...request });
  return job.wait({ timeoutMs: 40_000 });
}

async function sha256Of(url: string | undefined): Promise<string> {
  const response = await fetch(url ?? '');
  return createHash('sha256')
    .update(new Uint8Array(await response.arrayBuffer()))
    .digest('hex');
}

describe('an import by URL', () => {
  test.each([
    ['as the import page shows it', {}],
    ['flat, under "id", as "importing"', { resultShape: 'flat', idField: 'id', runningWord: 'importing' }],
  ] as const)('brings the very bytes, %s', async (_what, shape) => {
    const { emulator, sluice } = await connect({ importly: shape });
    const { state, items, cost, warnings } = await importSample(sluice, emulator);
    const file = sample(emulator);
    const [item] = items;
    expect({ state, warnings }).toEqual({ state: 'completed', warnings: [] });
    expect(item).toMatchObject({
      ok: true,
      asset: { size: file.size, durationSeconds: expect.closeTo(file.durationSeconds, 0) },
    });
    expect(item?.ok === true && (await sha256Of(item.asset.url))).toBe(file.sha256);
    expect(cost?.amount).toBeGreaterThan(0);
    expect(emulator.importly.counts()).toMatchObject({ starts: 1, startsAccepted: 1 });
  });

  test('that Importly cannot read ends with its words', async () => {
    const { emulator, sluice } = await connect();
    const importing = importSample(sluice, emulator, { source: `${emulator.media.url}/no-such-file.mp4` });
    await expect(importing).rejects.toMatchObject({ code: 'source-unreachable' });
  });

  test('whose host is not there is refused', async () => {
    const { emulator, sluice } = await connect({ importly: { unreachable: 'refuse' } });
    const importing = importSample(sluice, emulator, { source: `http://127.0.0.1:${await unusedPort()}/clip.mp4` });
    await expect(importing).rejects.toMatchObject({ code: 'source-unreachable', status: 400 });
    expect(emulator.importly.counts().startsAccepted).toBe(0);
  });

  test('is refused without credits, and with a wrong key', async () => {
    const { emulator, sluice } = await connect({ importly: { credits: 0 } });
    await expect(importSample(sluice, emulator)).rejects.toMatchObject({ code: 'quota', status: 402 });
    const wrong = createSluice({
      providers: { importly: importly({ apiKey: 'wrong', baseUrl: emulator.importly.baseUrl }) },
    });
    closers.push(() => wrong.close());
    await expect(importSample(wrong, emulator)).rejects.toMatchObject({ code: 'auth', status: 401 });
  });
});

describe('an import into the own bucket', () => {
  test('lies under its name, and never expires', async () => {
    const { emulator, sluice } = await connect({ s3: { publicRead: true } });
    const request = {
      name: 'videos/2024/my-video.mp4',
      options: { importly: { store: true, storageReturnLocation: true } },
    };
    const { items, warnings } = await importSample(sluice, emulator, request);
    const [item] = items;
    const asset = item?.ok === true ? item.asset : undefined;
    expect(warnings).toEqual([]);
    expect(asset?.url).toBe(`${emulator.s3.endpoint}/${emulator.s3.bucket}/videos/2024/my-video.mp4`);
    expect(asset).not.toHaveProperty('expiresAt');
    expect(await sha256Of(asset?.url)).toBe(sample(emulator).sha256);
  });

  test.each([
    ['whose upload fails in silence', { faults: [{ on: 'store', kind: 'storage-silent-failure' }] as const }, {}],
    ['whose location is not returned', {}, { storageReturnLocation: false }],
  ])('%s completes with a warning', async (_what, options, wish) => {
    const { emulator, sluice } = await connect(options);
    const { state, warnings } = await importSample(sluice, emulator, {
      options: { importly: { store: true, ...wish } },
    });
    expect({ state, codes: warnings.map(({ code }) => code) }).toEqual({ state: 'completed', codes: ['not-stored'] });
  });
});

describe('when things go wrong', () => {
  test.each([
    ['a refusal of Importly’s own', 'error-500-before'],
    ['a 429 with a time', 'rate-limit'],
    ['a 429 about imports at once', 'concurrency'],
  ] as const)('%s is followed by one more start', async (_what, kind) => {
    const { emulator, sluice } = await connect({ faults: [{ on: 'start', kind, times: 1 }] });
    expect((await importSample(sluice, emulator)).state).toBe('completed');
    expect(emulator.importly.counts()).toMatchObject({ starts: 2, startsAccepted: 1 });
  });

  test.each(['lost-answer', 'reset-after', 'error-504', 'error-502', 'not-json', 'cut-body'] as const)(
    '%s leaves the start unknown, and never makes a second import',
    async (kind) => {
      const { emulator, sluice } = await connect({ faults: [{ on: 'start', kind, times: 1 }] });
      await expect(importSample(sluice, emulator)).rejects.toMatchObject({ code: 'unknown', retry: 'never' });
      expect(emulator.importly.counts()).toMatchObject({ starts: 1 });
    },
  );

  test('looks that fail in every way do not fail the job', async () => {
    const kinds = ['error-500-before', 'error-502', 'reset-before', 'lost-answer', 'not-json', 'rate-limit'] as const;
    const faults = kinds.map((kind) => ({ on: 'status' as const, kind, times: 1 }));
    const { emulator, sluice } = await connect({ faults });
    const job = await sluice.import({ source: sample(emulator).url });
    const ended = async (): Promise<string> => {
      // Whoever waits is told of an answer that makes no sense; the job is alive, and is waited for again.
      const { state } = await job.wait({ timeoutMs: 40_000 }).catch(() => job.refresh().catch(() => job.snapshot));
      return state === 'completed' ? state : ended();
    };
    expect(await ended()).toBe('completed');
    expect(emulator.faults.fired().map(({ fired }) => fired)).toEqual(kinds.map(() => 1));
    expect(emulator.importly.counts().starts).toBe(1);
  });

  test('five at once are two at a time', async () => {
    const { emulator, sluice } = await connect();
    const states = await Promise.all(
      Array.from({ length: 5 }, async () => (await importSample(sluice, emulator)).state),
    );
    expect(states).toEqual(Array(5).fill('completed'));
    expect(emulator.importly.counts()).toMatchObject({
      starts: 5,
      startsAccepted: 5,
      refused429: 0,
      peakConcurrent: 2,
    });
  });
});

test.each(['metadata', 'basic'] as const)('a plan with a probe tells title and duration, by %s', async (probe) => {
  const { emulator, sluice } = await connect({}, { probe });
  const file = sample(emulator);
  const plan = await sluice.plan({ source: file.url }, { probe: true });
  expect(plan.problems).toEqual([]);
  expect(plan.probe).toMatchObject({
    title: expect.any(String),
    durationSeconds: expect.closeTo(file.durationSeconds, 0),
  });
  expect(plan.size).toBe(probe === 'metadata' ? file.size : undefined);
  expect(emulator.importly.counts()).toMatchObject({ starts: 0, metadata: 1 });
});

test('a webhook ends the waiting long before the next look', async () => {
  const { emulator, sluice } = await connect({}, { pollIntervalMs: 600_000 });
  const receiver = await receive();
  receiver.handTo(sluice);
  const options = { importly: { webhookUrl: receiver.url } };
  expect((await importSample(sluice, emulator, { options })).state).toBe('completed');
  await expect.poll(() => receiver.statuses).toEqual([200]);
});

test('where the client can be reached, Importly is told a URL of the job’s own, unless the request names another', async () => {
  const receiver = await receive();
  const publicUrl = receiver.url;
  const { emulator, sluice } = await connect({}, { pollIntervalMs: 600_000 }, { webhooks: { publicUrl } });
  receiver.handTo(sluice);
  expect((await importSample(sluice, emulator)).state).toBe('completed');
  await expect.poll(() => receiver.statuses).toEqual([200]);
  const other = await receive();
  other.handTo(sluice);
  const options = { importly: { webhookUrl: other.url } };
  expect((await importSample(sluice, emulator, { options })).state).toBe('completed');
  await expect.poll(() => other.statuses).toEqual([200]);
  const told = emulator.importly.imports().map(({ request }) => request.webhookUrl);
  expect(told).toEqual([expect.stringMatching(/\/hook\/importly\/job_\w+\/[\w-]+$/), other.url]);
  expect(receiver.statuses).toEqual([200]);
});

/** What an application's own route does: hand the delivery over, answer with the status. */
async function receive() {
  const statuses: number[] = [];
  let sluice: Sluice | undefined;
  const answer = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const url = new URL(incoming.url ?? '/', 'http://receiver.example');
    const request = new Request(url, { method: 'POST', body: Buffer.concat(chunks) });
    const { status } = (await sluice?.webhook('importly', request)) ?? { status: 503 };
    statuses.push(status);
    outgoing.writeHead(status).end();
  };
  const server = createServer((incoming, outgoing) => void answer(incoming, outgoing));
  closers.push(() => server.close());
  const handTo = (one: Sluice) => {
    sluice = one;
  };
  return { url: `http://127.0.0.1:${await listen(server)}/hook`, statuses, handTo };
}

/** A port that answered nobody a moment ago. */
async function unusedPort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  server.close();
  await once(server, 'close');
  return port;
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
