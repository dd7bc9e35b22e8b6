import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromBuffer } from '@sluice/core';
import { fromFile } from '@sluice/core/node';
import { describe, expect, test } from 'vitest';
import { bytesOf, closeAfterwards, connect, sampleOf, sha256Of } from './emulation.js';

const mebibyte = 1024 * 1024;
const chunks = { chunkBytes: 5 * mebibyte, firstUrls: 2 };

describe('one job from bytes to index', () => {
  test('a file that is sent with the start is told as being sent until the answer comes', async () => {
    const { emulator, sluice } = await connect();
    const bytes = await bytesOf(sampleOf(emulator).url);
    const job = await sluice.import({ source: fromBuffer(bytes, { name: 'clip.mp4' }) });
    const phases: string[] = [];
    for await (const event of job.events()) if (event.type === 'state') phases.push(event.phase);
    const first = phases.indexOf('provider');
    expect(first).toBeGreaterThan(-1);
    expect(phases.slice(first)).not.toContain('transfer');
  });

  test('a URL becomes an asset, and then it is indexed', async () => {
    const { emulator, bring } = await connect();
    const { url, size, sha256, durationSeconds } = sampleOf(emulator);
    const { state, items, warnings } = await bring({
      source: url,
      metadata: { campaign: 'summer' },
      options: {
        twelvelabs: { enable_video_stream: true, enable_hls: true, user_metadata: { batch: 5, campaign: 'winter' } },
      },
      expect: { size },
    });
    const [asset] = emulator.twelvelabs.assets();
    const [indexed] = emulator.twelvelabs.indexed();
    // The emulator's own address is private, so that the size is not seen before.
    expect({ state, warnings }).toMatchObject({ state: 'completed', warnings: [{ code: 'size-unseen' }] });
    expect(items).toMatchObject([
      {
        ok: true,
        ref: indexed?.id,
        asset: {
          id: asset?.id,
          size,
          durationSeconds,
          title: 'sample.mp4',
          url: expect.stringContaining(indexed?.id ?? '-'),
        },
        checks: { size: { outcome: 'match' } },
      },
    ]);
    expect(asset).toMatchObject({ method: 'url', sha256, hls: true, metadata: { campaign: 'winter', batch: 5 } });
    expect(indexed).toMatchObject({ assetId: asset?.id, stream: true, metadata: { campaign: 'winter', batch: 5 } });
  });

  test('a small file goes with the call that makes the asset', async () => {
    const { emulator, bring } = await connect();
    const bytes = await bytesOf(sampleOf(emulator).url);
    expect((await bring({ source: fromBuffer(bytes, { name: 'clip.mp4' }) })).state).toBe('completed');
    expect(emulator.twelvelabs.assets()).toMatchObject([
      { method: 'direct', filename: 'clip.mp4', sha256: sha256Of(bytes) },
    ]);
    expect(emulator.twelvelabs.counts()).toMatchObject({ assetsCreated: 1, indexedCreated: 1, 'upload-session': 0 });
  });

  test('a large file goes in chunks of the size that TwelveLabs names, reported in batches', async () => {
    const { emulator, bring } = await connect({ twelvelabs: chunks });
    const folder = await mkdtemp(join(tmpdir(), 'sluice-twelvelabs-'));
    closeAfterwards(() => rm(folder, { recursive: true }));
    const bytes = await bytesOf(`${emulator.media.url}/padded/${63 * mebibyte}/film.mp4`);
    const path = join(folder, 'film.mp4');
    await writeFile(path, bytes);
    const sha256 = sha256Of(bytes);
    const { state, items } = await bring({ source: fromFile(path), expect: { sha256 } });
    expect(state).toBe('completed');
    const [session] = emulator.twelvelabs.sessions();
    expect(session).toMatchObject({ state: 'completed', totalChunks: 13 });
    expect(session?.parts.map(({ puts }) => puts)).toEqual(Array(13).fill(1));
    expect(session?.reports.reduce((sum, one) => sum + one, 0)).toBe(13);
    expect(session?.reports.length).toBeLessThanOrEqual(3);
    expect(emulator.twelvelabs.assets()).toMatchObject([
      { id: session?.assetId, method: 'multipart', sha256, size: bytes.length },
    ]);
    expect(items).toMatchObject([{ ok: true, asset: { id: session?.assetId, size: bytes.length } }]);
  });

  test('without an index the asset is made, and the job says that it is indexed nowhere', async () => {
    const { emulator, bring } = await connect({}, { indexId: undefined });
    const { state, items, warnings } = await bring({ source: sampleOf(emulator).url });
    expect({ state, warnings }).toMatchObject({
      state: 'completed',
      warnings: [{ message: expect.stringContaining('indexed nowhere') }],
    });
    expect(items).toMatchObject([{ ref: emulator.twelvelabs.assets()[0]?.id }]);
    expect(emulator.twelvelabs.indexed()).toEqual([]);
  });
});

describe('what TwelveLabs says no to', () => {
  test('a URL that leads nowhere', async () => {
    const { emulator, bring } = await connect();
    const bringing = bring({ source: `${emulator.media.url}/missing.mp4` });
    await expect(bringing).rejects.toMatchObject({
      code: 'source-unreachable',
      message: expect.stringContaining('404'),
    });
  });

  test('a video that its model does not take: the asset is there, and the error names it', async () => {
    const { emulator, bring } = await connect();
    const bringing = bring({ source: sampleOf(emulator, 'tall.mp4').url });
    await expect(bringing).rejects.toMatchObject({
      message: expect.stringMatching(/the asset [0-9a-f]{24} is there.*270x480/),
    });
  });

  test('a file whose container can be read here is refused before a byte moves', async () => {
    const { emulator, bring } = await connect();
    const bytes = await bytesOf(sampleOf(emulator, 'tall.mp4').url);
    const bringing = bring({ source: fromBuffer(bytes, { name: 'tall.mp4' }) });
    await expect(bringing).rejects.toMatchObject({
      message: expect.stringContaining('is 270x480 and must be 360x360'),
    });
    expect(emulator.twelvelabs.requests()).toEqual([]);
  });

  test('an asset and an index that cannot be made of it', async () => {
    const { emulator, bring } = await connect({
      faults: [
        { on: 'processing', kind: 'failure', times: 1 },
        { on: 'indexing', kind: 'failure', times: 1 },
      ],
    });
    const source = sampleOf(emulator).url;
    await expect(bring({ source })).rejects.toMatchObject({
      message: expect.stringContaining('could not be processed'),
    });
    await expect(bring({ source })).rejects.toMatchObject({ message: expect.stringContaining('could not be indexed') });
  });
});

describe('when answers are lost', () => {
  const lost = ['lost-answer', 'reset-after', 'error-504', 'not-json', 'cut-body'] as const;

  test.each(lost)('%s of the creation of an asset: it is found by the job that it names', async (kind) => {
    const { emulator, bring } = await connect({ faults: [{ on: 'asset', kind, times: 1 }] });
    const { url } = sampleOf(emulator);
    await fetch(url);
    expect((await bring({ source: url })).state).toBe('completed');
    expect(emulator.twelvelabs.counts()).toMatchObject({ asset: 1, assetsCreated: 1, indexedCreated: 1 });
  });

  test.each(lost)('%s of the indexing: its place in the index is found', async (kind) => {
    const { emulator, bring } = await connect({ faults: [{ on: 'index-asset', kind, times: 1 }] });
    expect((await bring({ source: sampleOf(emulator).url })).state).toBe('completed');
    expect(emulator.twelvelabs.counts()).toMatchObject({ 'index-asset': 1, assetsCreated: 1, indexedCreated: 1 });
  });

  test.each(['lost-answer', 'error-500-after', 'error-503'] as const)(
    '%s of a session, a report and a signing is asked for again',
    async (kind) => {
      const faults = (['upload-session', 'upload-urls', 'upload-report', 'upload-list'] as const).map((on) => ({
        on,
        kind,
        times: 1,
      }));
      const { emulator, bring } = await connect({ faults, twelvelabs: chunks });
      const bytes = await bytesOf(`${emulator.media.url}/padded/${22 * mebibyte}/film.mp4`);
      const { state, warnings } = await bring({ source: fromBuffer(bytes, { name: 'film.mp4' }) });
      expect({ state, warnings }).toEqual({ state: 'completed', warnings: [] });
      expect(emulator.twelvelabs.assets()).toMatchObject([{ sha256: sha256Of(bytes) }]);
    },
  );
});

describe('signatures and sessions end', () => {
  test('a signature that expired is renewed; a session that expired is begun anew, and the job says so', async () => {
    const { emulator, bring } = await connect({
      faults: [{ on: 'part', kind: 'expired-signature', times: 1 }],
      twelvelabs: { ...chunks, firstUrls: 5 },
    });
    const bytes = await bytesOf(`${emulator.media.url}/padded/${22 * mebibyte}/film.mp4`);
    const source = fromBuffer(bytes, { name: 'film.mp4' });
    expect((await bring({ source })).warnings).toEqual([]);
    expect(Object.values(emulator.twelvelabs.sessions()[0]?.signed ?? {}).some((times) => times === 2)).toBe(true);

    emulator.faults.add({ on: 'upload-report', kind: 'not-found', times: 1 });
    const { state, warnings } = await bring({ source });
    expect(state).toBe('completed');
    expect(warnings).toMatchObject([{ code: 'upload-anew' }]);
    expect(emulator.twelvelabs.sessions()).toHaveLength(3);
    expect(emulator.twelvelabs.counts()).toMatchObject({ assetsCreated: 2, indexedCreated: 2 });
  });
});

test('a call too many waits for the time that TwelveLabs names', async () => {
  const { emulator, bring } = await connect({ twelvelabs: { limits: { max: 3, windowMs: 1_500 } } });
  expect((await bring({ source: sampleOf(emulator).url })).state).toBe('completed');
  expect(emulator.twelvelabs.counts().refused429).toBeGreaterThan(0);
  expect(emulator.twelvelabs.counts()).toMatchObject({ assetsCreated: 1, indexedCreated: 1 });
});
