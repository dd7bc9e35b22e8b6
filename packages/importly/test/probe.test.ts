import type { ScriptedAnswer } from '@sluice/core/testing';
import { expect, test } from 'vitest';
import type { ImportlySettings } from '../src/index.js';
import { taken } from './importly-subject.js';
import { clientOf } from './play.js';

const source = 'https://user:pass@example.com/video.mp4?token=t0ken';
const queued = taken({ jobId: 'meta1', status: 'queued', message: 'Metadata request queued.' });
const result = {
  title: 'Sample Video',
  duration: 314,
  thumbnail: 'https://cdn.importly.io/t.jpg',
  fileSizeBytes: 1_000,
};

async function planOf(looks: ScriptedAnswer[], settings: Partial<ImportlySettings> = {}, starts = [queued]) {
  const { sluice, sent, clock } = clientOf({ starts, looks }, settings);
  const plan = await sluice.plan({ source }, { probe: true });
  await sluice.close();
  return { plan, sent, clock };
}

test('a plan asks for the metadata, and asks again until it is there', async () => {
  const pending = taken({ jobId: 'meta1', status: 'processing', startedAt: null, completedAt: null });
  const { plan, sent } = await planOf([pending, pending, taken({ jobId: 'meta1', status: 'completed', result })]);
  expect(plan.probe).toMatchObject({
    title: 'Sample Video',
    durationSeconds: 314,
    size: 1_000,
    thumbnailUrl: 'https://cdn.importly.io/t.jpg',
    raw: { result },
  });
  expect(plan.size).toBe(1_000);
  expect(sent.starts).toMatchObject([{ path: '/metadata', json: { url: source } }]);
  expect(sent.looks.map(({ path, query }) => [path, query])).toEqual(
    Array(3).fill(['/metadata/status', { id: 'meta1' }]),
  );
});

test('the setting probe chooses the quicker one', async () => {
  const done = taken({ jobId: 'meta1', status: 'completed', title: 'Sample Video', duration: 314, thumbnail: null });
  const { plan, sent } = await planOf([done], { probe: 'basic' });
  expect(plan.probe).toMatchObject({ title: 'Sample Video', durationSeconds: 314 });
  expect(plan.probe).not.toHaveProperty('thumbnailUrl');
  expect([sent.starts[0]?.path, sent.looks[0]?.path]).toEqual(['/metadata/basic', '/metadata/basic/status']);
});

test('an answer with the fields alone, without a state, is finished', async () => {
  const { plan } = await planOf([taken({ title: 'Sample Video', duration: 314 })]);
  expect(plan.probe).toMatchObject({ title: 'Sample Video' });
});

test.each<[string, ScriptedAnswer, string]>([
  [
    'a source that cannot be read',
    taken({ jobId: 'meta1', status: 'failed', message: 'Unsupported URL' }),
    'Unsupported URL',
  ],
  ['a refusal', { status: 402, json: { success: false, error: 'InsufficientCredits' } }, 'InsufficientCredits'],
])('%s is a warning in the plan, not its end', async (_what, answer, words) => {
  const { plan } = await planOf([answer]);
  expect(plan.probe).toBeUndefined();
  expect(plan.problems).toEqual([{ severity: 'warning', field: 'probe', message: expect.stringContaining(words) }]);
});

test('a probe whose answer is lost is not sent again: each one is paid', async () => {
  const { plan, sent } = await planOf([], {}, [{ failure: 'reset' }]);
  expect(plan.problems).toHaveLength(1);
  expect(sent.starts).toHaveLength(1);
});
