import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Emulator } from '@sluice/emulator';
import { TwelvelabsApiClient } from 'twelvelabs-js';
import { TwelvelabsApiClient as IntegrationsClient } from 'twelvelabs-js-integrations';
import { describe, expect, test, vi } from 'vitest';
import { bytesOf, closeAfterwards, emulate, sampleOf, sha256Of, withTail } from './emulation.js';

/** The provider's own clients, unmodified: only where they call is set. */

function integrationsOf({ twelvelabs: { baseUrl, apiKey } }: Emulator) {
  return new IntegrationsClient({ environment: baseUrl, apiKey }).tasks.transfers;
}

function assetsOf({ twelvelabs: { baseUrl, apiKey } }: Emulator) {
  return new TwelvelabsApiClient({ environment: baseUrl, apiKey });
}

async function until<T>(look: () => Promise<T>, isOver: (seen: T) => boolean): Promise<T> {
  return vi.waitFor(
    async () => {
      const seen = await look();
      if (!isOver(seen)) throw new Error('not over yet');
      return seen;
    },
    { timeout: 20_000, interval: 20 },
  );
}

describe('twelvelabs-js 1.0.2 drives an integration', () => {
  test('from its start to its logs', async () => {
    const emulator = await emulate();
    const { integrationId, indexId, addFile } = emulator.twelvelabs;
    const sample = await bytesOf(sampleOf(emulator).url);
    await addFile('one.mp4', sample);
    await addFile('folder/two.mp4', withTail(sample, 'two'));
    await addFile('again.mp4', sample);
    await addFile('tall.mp4', await bytesOf(sampleOf(emulator, 'tall.mp4').url));
    await addFile('broken.mp4', Buffer.from('no media at all'));
    const client = integrationsOf(emulator);
    const started = await client.create(integrationId, {
      indexId,
      incrementalImport: true,
      retryFailed: false,
      userMetadata: { category: 'recentlyAdded', batchNumber: 5 },
    });
    expect(started.videos?.map(({ filename }) => filename)).toEqual(['again.mp4', 'broken.mp4', 'folder/two.mp4']);
    expect(started.failedFiles).toMatchObject([
      { filename: 'tall.mp4', errorMessage: expect.stringContaining('270x480') },
    ]);
    const status = await until(
      () => client.getStatus(integrationId, { indexId }),
      ({ ready }) => ready?.length === 2,
    );
    expect(status.failed?.map(({ filename }) => filename).sort()).toEqual(['broken.mp4', 'tall.mp4']);
    expect(status.notImported).toEqual(['one.mp4']);
    const { data } = await client.getLogs(integrationId);
    expect(data).toMatchObject([{ indexId, endedAt: expect.any(Date), videoStatus: { ready: 2, failed: 2 } }]);
  });

  test('one import at a time, and what the index has is left out', async () => {
    const emulator = await emulate({
      twelvelabs: { pace: { validatingMs: 200, pendingMs: 0, queuedMs: 0, indexingMs: 0 } },
    });
    const { integrationId, indexId, addFile } = emulator.twelvelabs;
    await addFile('one.mp4', await bytesOf(sampleOf(emulator).url));
    const client = integrationsOf(emulator);
    await client.create(integrationId, { indexId });
    await expect(client.create(integrationId, { indexId })).rejects.toMatchObject({ statusCode: 409 });
    expect((await client.getLogs(integrationId)).data).toMatchObject([{ indexId }]);
    await until(
      () => client.getLogs(integrationId),
      ({ data }) => data?.[0]?.endedAt !== undefined,
    );
    const again = await client.create(integrationId, { indexId });
    expect([again.videos, again.failedFiles]).toEqual([undefined, undefined]);
    const all = await client.create(integrationId, { indexId, incrementalImport: false });
    expect(all.videos).toHaveLength(1);
  });
});

describe('twelvelabs-js 1.3.4 drives', () => {
  test('indexes', async () => {
    const client = assetsOf(await emulate());
    const { id = '' } = await client.indexes.create({
      indexName: 'another',
      models: [{ modelName: 'marengo3.0', modelOptions: ['visual', 'audio'] }],
    });
    expect(await client.indexes.retrieve(id)).toMatchObject({ indexName: 'another', videoCount: 0 });
    const names: (string | undefined)[] = [];
    for await (const { indexName } of await client.indexes.list({ pageLimit: 1 })) names.push(indexName);
    expect(names).toEqual(['another', 'sluice']);
  });

  test('an asset by its URL, and its index', async () => {
    const emulator = await emulate();
    const { indexId } = emulator.twelvelabs;
    const { url, size, durationSeconds } = sampleOf(emulator);
    const client = assetsOf(emulator);
    const { id = '', status } = await client.assets.create({
      method: 'url',
      url,
      filename: 'clip.mp4',
      enableHls: true,
      userMetadata: JSON.stringify({ category: 'summer' }),
    });
    expect(status).toBe('processing');
    await expect(client.indexes.indexedAssets.create(indexId, { assetId: id })).rejects.toMatchObject({
      statusCode: 400,
    });
    const asset = await until(
      () => client.assets.retrieve(id),
      (seen) => seen.status === 'ready',
    );
    expect(asset).toMatchObject({
      size,
      duration: durationSeconds,
      filename: 'clip.mp4',
      userMetadata: { category: 'summer' },
    });
    const { id: indexed = '', assetId } = await client.indexes.indexedAssets.create(indexId, {
      assetId: id,
      enableVideoStream: true,
    });
    expect(assetId).toBe(id);
    const done = await until(
      () => client.indexes.indexedAssets.retrieve(indexId, indexed),
      (seen) => seen.status === 'ready',
    );
    expect(done).toMatchObject({
      assetId: id,
      systemMetadata: { width: 640, height: 360 },
      hls: { videoUrl: expect.any(String) },
    });
    await expect(client.assets.delete(id)).rejects.toMatchObject({ statusCode: 409 });
    const listed: (string | undefined)[] = [];
    for await (const one of await client.assets.list({ filename: 'CLIP', pageLimit: 1 })) listed.push(one.id);
    expect(listed).toEqual([id]);
  });

  test('an asset from a file in the request', async () => {
    const emulator = await emulate();
    const bytes = Buffer.from(await bytesOf(sampleOf(emulator).url));
    const client = assetsOf(emulator);
    const file = new File([bytes], 'direct.mp4', { type: 'video/mp4' });
    const { id = '' } = await client.assets.create({ method: 'direct', file, filename: 'direct.mp4' });
    await until(
      () => client.assets.retrieve(id),
      ({ status }) => status === 'ready',
    );
    expect(emulator.twelvelabs.assets()).toMatchObject([{ id, method: 'direct', sha256: sha256Of(bytes) }]);
  });

  test('an upload in chunks, all by itself', async () => {
    const emulator = await emulate({ twelvelabs: { chunkBytes: 5 * 1024 * 1024, firstUrls: 2 } });
    const folder = await mkdtemp(join(tmpdir(), 'sluice-twelvelabs-'));
    closeAfterwards(() => rm(folder, { recursive: true }));
    const bytes = await bytesOf(`${emulator.media.url}/padded/${17 * 1024 * 1024 + 3}/film.mp4`);
    await writeFile(join(folder, 'film.mp4'), bytes);
    const said = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    const { TwelveLabs } = await import('twelvelabs-js');
    vi.stubEnv('TWELVELABS_BASE_URL', emulator.twelvelabs.baseUrl);
    closeAfterwards(() => {
      vi.unstubAllEnvs();
      said.mockRestore();
    });
    const client = new TwelveLabs({ apiKey: emulator.twelvelabs.apiKey });
    const { assetId } = await client.multipartUpload.uploadFile(join(folder, 'film.mp4'), { batchSize: 3 });
    await until(
      () => client.assets.retrieve(assetId),
      ({ status }) => status === 'ready',
    );
    const [session] = emulator.twelvelabs.sessions();
    expect(session).toMatchObject({ assetId, state: 'completed', totalChunks: 4, reports: [3, 1] });
    expect(emulator.twelvelabs.assets()).toMatchObject([{ id: assetId, method: 'multipart', sha256: sha256Of(bytes) }]);
    const chunks: (number | undefined)[] = [];
    for await (const { index } of await client.multipartUpload.getStatus(session?.id ?? '', { pageLimit: 3 }))
      chunks.push(index);
    expect(chunks).toEqual([1, 2, 3, 4]);
  });
});
