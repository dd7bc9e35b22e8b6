import { describe, expect, test } from 'vitest';
import { failed, flat, jobId, nested, s3Storage, taken } from './importly-subject.js';
import { dawn, play } from './play.js';

const storing = { options: { importly: { store: true } } };
const inBucket = { ...nested, result: { ...nested.result, mediaUrl: s3Storage.url, s3Storage } };

function dayAfter(iso: string, days: number): string {
  return new Date(Date.parse(iso) + days * 86_400_000).toISOString();
}

describe('a completed import', () => {
  test('nested under result, as on the import page', async () => {
    const { snapshot } = await play({ looks: [taken(nested)] });
    expect(snapshot).toMatchObject({
      state: 'completed',
      rawState: 'completed',
      cost: { amount: 78, unit: 'credits' },
      warnings: [],
    });
    expect(snapshot.items).toEqual([
      {
        ok: true,
        ref: jobId,
        asset: {
          id: jobId,
          url: 'https://cdn-storage.importly.io/abc123/video.mp4',
          durationSeconds: 314,
          title: 'Sample Video',
          expiresAt: dayAfter('2025-01-15T10:35:23.000Z', 7),
          raw: nested,
        },
        checks: { size: { outcome: 'unchecked' }, sha256: { outcome: 'unchecked' } },
      },
    ]);
  });

  test('flat, as on the S3 page', async () => {
    const { snapshot } = await play({ looks: [taken(flat)] }, storing);
    expect(snapshot).toMatchObject({ state: 'completed', cost: { amount: 0.05, unit: 'USD' }, warnings: [] });
    expect(snapshot.items[0]).toMatchObject({
      asset: { url: s3Storage.url, size: 15_728_640, durationSeconds: 240, title: 'Video Title' },
    });
  });

  test('whose size is a rendition, so that it is not held against the expected one', async () => {
    const { snapshot } = await play({ looks: [taken(flat)] }, { ...storing, expect: { size: 1, unchecked: 'warn' } });
    expect(snapshot.state).toBe('completed');
    expect(snapshot.items[0]).toMatchObject({ checks: { size: { outcome: 'unchecked', expected: 1 } } });
  });

  test.each([
    ['without a time', { ...nested, completedAt: null }],
    ['with a time that is none', { ...nested, completedAt: 'yesterday' }],
  ])('%s is kept for 7 days from the first sight of it', async (_what, data) => {
    const { snapshot } = await play({ looks: [taken(data)] });
    const [item] = snapshot.items;
    const expiresAt = item?.ok === true ? item.asset.expiresAt : undefined;
    expect(expiresAt).toBe(dayAfter(snapshot.updatedAt, 7));
    expect(Date.parse(snapshot.updatedAt)).toBeGreaterThanOrEqual(Date.parse(dawn));
  });

  test('in the own bucket never expires', async () => {
    const { snapshot } = await play({ looks: [taken(inBucket)] }, storing);
    expect(snapshot.warnings).toEqual([]);
    expect(snapshot.items[0]).toMatchObject({ asset: { url: s3Storage.url } });
    expect(snapshot.items[0]).not.toHaveProperty('asset.expiresAt');
  });

  test.each<[string, object]>([
    ['no place', {}],
    ['an empty place', { s3Storage: { url: null, bucket: null, key: '' } }],
  ])('that should be in the own bucket and names %s there is a warning with both causes', async (_what, told) => {
    const data = { ...nested, result: { ...nested.result, ...told } };
    const { snapshot } = await play({ looks: [taken(data)] }, storing);
    expect(snapshot.state).toBe('completed');
    expect(snapshot.warnings).toEqual([
      { code: 'not-stored', message: expect.stringMatching(/the upload failed.*its location was not returned/) },
    ]);
    expect(snapshot.items[0]).toHaveProperty('asset.expiresAt');
  });

  test('without any URL is a warning, and the answer is kept', async () => {
    const data = { jobId, status: 'completed', result: { title: 'Sample Video' } };
    const { snapshot } = await play({ looks: [taken(data)] });
    expect(snapshot.warnings).toEqual([{ code: 'no-url', message: expect.stringContaining('mediaUrl') }]);
    expect(snapshot.items[0]).toMatchObject({ asset: { raw: data } });
  });

  test('whose decoration cannot be read is completed all the same', async () => {
    const result = {
      ...nested.result,
      title: 5,
      duration: 'PT5M',
      creditsUsed: null,
      fileSizeBytes: 1.5,
      s3Storage: 'yes',
    };
    const { snapshot } = await play({ looks: [taken({ ...nested, result })] });
    expect(snapshot).toMatchObject({ state: 'completed', items: [{ asset: { url: nested.result.mediaUrl } }] });
    expect(snapshot).not.toHaveProperty('cost');
  });
});

test('the states are told in their own words until the end', async () => {
  const looks = [
    taken({ jobId, status: 'running', startedAt: '2025-01-15T10:30:00.000Z', completedAt: null }),
    taken({ jobId, status: 'importing' }),
    taken(nested),
  ];
  const { snapshot, sent } = await play({ looks });
  expect(snapshot.state).toBe('completed');
  expect(sent.looks).toHaveLength(3);
});

test('a failure comes with HTTP 200 and success: true, and is the verdict in its own words', async () => {
  const { snapshot, error, sent } = await play({ looks: [failed] });
  expect(snapshot).toMatchObject({ state: 'failed', rawState: 'failed' });
  expect(error).toMatchObject({
    code: 'source-unreachable',
    message: expect.stringContaining('Failed to download media from URL'),
  });
  expect(sent.starts).toHaveLength(1);
});

test.each([
  [
    'with success: false',
    { json: { success: false, data: { jobId, status: 'failed', message: 'Failed to download it' } } },
  ],
  ['without data around it', { json: { success: true, jobId, status: 'failed', message: 'Failed to download it' } }],
  ['in capitals', taken({ jobId, status: 'FAILED', message: 'Failed to download it' })],
])('a failure that is told %s is the verdict too', async (_how, look) => {
  const { snapshot, error } = await play({ looks: [look] });
  expect(snapshot.state).toBe('failed');
  expect(error?.message).toContain('Failed to download it');
});

test('a page in place of an answer to a look is passed over, and told when there are four of them', async () => {
  const page = { text: '<html>one moment</html>' };
  const passing = await play({ looks: [page, page, page, taken(nested)] });
  expect(passing.snapshot.state).toBe('completed');
  const { snapshot, error, sent } = await play({ looks: [page] });
  expect(snapshot.state).toBe('queued');
  expect(error).toMatchObject({ code: 'protocol', message: expect.stringContaining('is alive at the provider') });
  expect(sent.looks).toHaveLength(4);
});

test('a word that is on no page is running, with a warning', async () => {
  const { snapshot } = await play({ looks: [taken({ jobId, status: 'transcoding' }), taken(nested)] });
  expect(snapshot.state).toBe('completed');
  expect(snapshot.warnings).toEqual([{ code: 'unmapped-state', message: expect.stringContaining('"transcoding"') }]);
});

describe('the answer to a start', () => {
  test.each([
    ['says id in place of jobId', { id: 'abc123', status: 'queued' }],
    ['says no state', { jobId: 'abc123' }],
    ['says its state in capitals', { jobId: 'abc123', status: 'QUEUED' }],
    ['says completed already, without a result', { jobId: 'abc123', status: 'completed' }],
  ])('that %s is followed by looks', async (_what, data) => {
    const { snapshot, sent } = await play({ starts: [taken(data)], looks: [taken(nested)] });
    expect(snapshot.state).toBe('completed');
    expect(sent.looks[0]?.query).toEqual({ id: 'abc123' });
  });

  test('that says failed already is the verdict', async () => {
    const { snapshot, sent } = await play({ starts: [failed] });
    expect(snapshot).toMatchObject({
      state: 'failed',
      error: { message: expect.stringContaining('Failed to download') },
    });
    expect(sent.looks).toEqual([]);
  });

  test('may write its id as a number', async () => {
    const { snapshot, sent } = await play({ starts: [taken({ id: 4711, status: 'queued' })], looks: [taken(nested)] });
    expect(snapshot.state).toBe('completed');
    expect(sent.looks[0]?.query).toEqual({ id: '4711' });
  });

  test('without data around it is one all the same: what was taken is not lost', async () => {
    const { snapshot, sent } = await play({ starts: [{ json: { success: true, jobId } }], looks: [taken(nested)] });
    expect(snapshot).toMatchObject({ state: 'completed', warnings: [] });
    expect(sent.starts).toHaveLength(1);
  });

  test('that names no id leaves the start unknown', async () => {
    const { error, sent } = await play({ starts: [taken({ status: 'queued' })] });
    expect(error).toMatchObject({
      code: 'unknown',
      retry: 'never',
      message: expect.stringContaining('neither jobId nor id'),
    });
    expect(sent.starts).toHaveLength(1);
  });

  test('that says success: false is a refusal', async () => {
    const { error, sent } = await play({ starts: [{ json: { success: false, error: 'No such plan' } }] });
    expect(error).toMatchObject({ code: 'protocol', message: expect.stringContaining('No such plan') });
    expect(sent.starts).toHaveLength(1);
  });
});
