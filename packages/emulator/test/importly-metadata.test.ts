import { describe, expect, it } from 'vitest';
import { call, emulate, finish, resultOf, sample } from './support.js';

describe('a look at the metadata', () => {
  it('by GET finds title, duration, size and type', async () => {
    const emulator = await emulate();
    const { data, status } = await call(emulator, `/metadata?url=${encodeURIComponent(sample(emulator))}`);
    expect([status, data.status]).toEqual([200, 'queued']);
    const ended = await finish(emulator, String(data.jobId), '/metadata/status');
    expect(resultOf(ended)).toEqual({
      title: 'Sluice sample',
      duration: 6,
      thumbnail: null,
      fileSizeBytes: emulator.media.files[0]?.size,
      contentType: 'video/mp4',
    });
    expect(emulator.importly.counts()).toMatchObject({ starts: 0, metadata: 1, peakConcurrentMetadata: 1 });
    expect(emulator.importly.metadataJobs()).toMatchObject([{ kind: 'metadata', status: 'completed' }]);
  });

  it('by POST to the basic endpoint finds title and duration', async () => {
    const emulator = await emulate();
    const { data } = await call(emulator, '/metadata/basic', { body: { url: sample(emulator) } });
    const ended = await finish(emulator, String(data.jobId), '/metadata/basic/status');
    expect(resultOf(ended)).toEqual({ title: 'Sluice sample', duration: 6, thumbnail: null });
  });

  it('fails like an import, and is refused like one', async () => {
    const emulator = await emulate({ importly: { limits: { concurrentMetadata: 1 }, runningMs: 3_600_000 } });
    const missing = encodeURIComponent(`${emulator.media.url}/missing.mp4`);
    const { data } = await call(emulator, `/metadata?url=${missing}`);
    const ended = await finish(emulator, String(data.jobId), '/metadata/status');
    expect(ended).toMatchObject({
      status: 'failed',
      message: 'Failed to download media from URL: the source answered 404',
    });
    expect((await call(emulator, '/metadata')).status).toBe(400);
    expect((await call(emulator, '/metadata/status?id=unknown')).status).toBe(404);
    const slow = encodeURIComponent(`${emulator.media.url}/padded/1000000/a.mp4?rate=1000`);
    expect((await call(emulator, `/metadata?url=${slow}`)).status).toBe(200);
    const { status, json } = await call(emulator, `/metadata/basic?url=${slow}`);
    expect(status).toBe(429);
    expect(json).toMatchObject({ concurrentLimit: 1, currentConcurrent: 1, endpoint: '/metadata/basic' });
  });
});
