import { createHash, randomBytes } from 'node:crypto';
import { createSluice, type ImportRequest, type Sluice } from '@sluice/core';
import { type Emulator, startEmulator } from '@sluice/emulator';
import { firework } from '@sluice/firework';
import { importly } from '@sluice/importly';
import { s3Staging } from '@sluice/s3';
import { twelvelabs } from '@sluice/twelvelabs';
import { videoCdn } from '@sluice/video-cdn';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pageAt, tableBelow } from './markdown.js';
import { cells, grid, type ProviderName, providerNames, sourceKinds } from './routes/grid.js';
import { keysIn, missingServers, type SourceServers, startSources } from './routes/servers.js';

const mebibyte = 1024 * 1024;
/** Two parts where there are parts. */
const tail = 6 * mebibyte;
const missing = await missingServers();

describe.skipIf(missing !== undefined)(`every source to every provider${missing ? ` (${missing})` : ''}`, () => {
  let servers: SourceServers;
  let emulator: Emulator;
  let sluice: Sluice;
  let sample: Uint8Array;

  beforeAll(async () => {
    servers = await startSources(() => emulator.s3);
    const { identityFile, knownHosts } = servers.ssh;
    emulator = await startEmulator({
      ca: servers.certificate,
      importly: { limits: 'none', queuedMs: 0, runningMs: 0 },
      firework: { limits: 'none', transcodingMs: 0 },
      videoCdn: { pullMs: 0, ssh: { identityFile, knownHosts } },
      twelvelabs: { processingMs: 0 },
    });
    sluice = clientOf(emulator, servers);
    const url = emulator.media.files.find(({ name }) => name === 'sample.mp4')?.url ?? '';
    sample = new Uint8Array(await (await fetch(url)).arrayBuffer());
  });

  afterAll(async () => {
    await sluice?.close();
    await emulator?.close();
    await servers?.stop();
  });

  const named = cells.map((cell) => [`${cell.source} into ${cell.provider}: ${cell.route}`, cell] as const);

  test.each(named)('%s', async (_title, { source, provider, route }) => {
    const content = withTail(sample);
    const [size, sha256] = [content.byteLength, digestOf(content)];
    const name = `${source}-${provider}.mp4`.replace(/[ +]/g, '-');
    const request = (input: ImportRequest['source']): ImportRequest => ({
      source: input,
      provider,
      ...(provider === 'firework' && { metadata: { title: name } }),
    });
    const given = await servers.place(source, name, content);
    const plan = await sluice.plan(request(given));
    expect(plan.problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(plan.route?.kind).toBe(route);
    const job = await sluice.import(request(given));
    const { state, items } = await job.wait({ timeoutMs: 30_000 });
    expect({ state, ok: items.map(({ ok }) => ok) }).toEqual({ state: 'completed', ok: [true] });
    expect(arrivedAt(emulator, provider).filter((one) => one.sha256 === sha256)).toEqual([{ size, sha256 }]);
    expect(await keysIn(emulator.s3, emulator.s3.bucket)).toEqual([]);
  });
});

describe('the table of the page', () => {
  test('is this grid', () => {
    const rows = sourceKinds.map((source) => ({ source, ...grid[source] }));
    expect(tableBelow(pageAt('docs/routes.md'), '## The grid')).toEqual(rows);
  });
});

function clientOf(emulator: Emulator, servers: SourceServers): Sluice {
  const { endpoint, region, bucket, accessKeyId, secretAccessKey } = emulator.s3;
  const { importly: one, videoCdn: two, firework: three, twelvelabs: four } = emulator;
  const often = { pollIntervalMs: 20 };
  return createSluice({
    providers: {
      importly: importly({ apiKey: one.apiKey, baseUrl: one.baseUrl, ...often }),
      'video-cdn': videoCdn({ baseUrl: two.baseUrl, login: two.login, password: two.password, ...often }),
      firework: firework({
        ...{ clientId: three.clientId, clientSecret: three.clientSecret, channelId: three.channelId },
        // Parts from here on, so that a test need not send 100 MB.
        ...{ baseUrl: three.baseUrl, multipartFromBytes: 5 * mebibyte, ...often },
      }),
      twelvelabs: twelvelabs({
        ...{ apiKey: four.apiKey, indexId: four.indexId, baseUrl: four.baseUrl },
        ...{ directMaxBytes: 5 * mebibyte, ...often },
      }),
    } satisfies Record<ProviderName, unknown>,
    default: providerNames[0],
    staging: s3Staging({ endpoint, region, bucket, accessKeyId, secretAccessKey }),
    ...servers.options,
  });
}

/** What a provider holds. */
function arrivedAt(
  { importly: one, videoCdn: two, firework: three, twelvelabs: four }: Emulator,
  provider: ProviderName,
) {
  const held: Record<ProviderName, () => { size?: number; sha256?: string }[]> = {
    importly: () => one.imports(),
    'video-cdn': () => two.files().map(({ measured = {} }) => measured),
    firework: () => three.videos(),
    twelvelabs: () => four.assets(),
  };
  return held[provider]().map(({ size, sha256 }) => ({ size, sha256 }));
}

/** Media that is like no other: players skip its tail. */
function withTail(media: Uint8Array): Uint8Array {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + tail, 0);
  head.write('free', 4, 'latin1');
  return Buffer.concat([media, head, randomBytes(tail)]);
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
