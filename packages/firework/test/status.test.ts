import type { JsonValue } from '@sluice/core/adapter';
import { describe, expect, test } from 'vitest';
import { clientOf, contextOf, membersOf, play } from './play.js';
import { completed, running, video } from './samples.js';

const inBackground = { options: { firework: { async: true } } };

async function look(json: JsonValue, ref: JsonValue = { import: running.id }) {
  const { context, calls } = contextOf(json, 200);
  return { snapshot: await membersOf().status(ref, context), calls };
}

describe('an import', () => {
  test('is asked for by its id', async () => {
    expect((await look(running, { import: 'a/b' })).calls).toEqual([
      { method: 'GET', path: '/api/v1/videos/imports/a%2Fb' },
    ]);
  });

  test('is running, also once a video is there', async () => {
    for (const video_id of [null, video.id]) {
      expect((await look({ ...running, video_id })).snapshot).toEqual({ state: 'running', rawState: 'running' });
    }
  });

  test('is completed with its video', async () => {
    expect((await look(completed)).snapshot).toEqual({
      state: 'completed',
      rawState: 'completed',
      items: [{ ok: true, ref: video.id, asset: { id: video.id, raw: completed } }],
    });
  });

  test('is not completed without a video', async () => {
    await expect(look({ ...completed, video_id: null })).rejects.toMatchObject({ code: 'protocol' });
  });

  test('that errored says that Firework gives no reason', async () => {
    const { error, snapshot } = await play({ rest: [{ json: { ...running, status: 'errored' } }] }, inBackground);
    expect(error).toMatchObject({ code: 'source-unreachable', message: expect.stringContaining('gives no reason') });
    expect(snapshot).toMatchObject({ state: 'failed', rawState: 'errored' });
  });

  test('that errored after its video was made names what it left', async () => {
    const { snapshot } = await look({ ...running, status: 'errored', video_id: video.id });
    expect(snapshot).toMatchObject({ state: 'failed', message: expect.stringContaining(video.id) });
  });

  test('with a word that is none of the page goes on, unmapped', async () => {
    expect((await look({ ...running, status: 'paused' })).snapshot).toEqual({
      state: 'running',
      rawState: 'paused',
      unmapped: true,
    });
  });
});

test('a video is asked for by its id, and is there', async () => {
  const { snapshot, calls } = await look(video, { video: video.id });
  expect(calls).toEqual([{ method: 'GET', path: `/api/v1/videos/${video.id}` }]);
  expect(snapshot).toMatchObject({ state: 'completed', items: [{ ref: video.id, asset: { title: video.caption } }] });
});

test('looks are five seconds apart at first, and stretch', async () => {
  const { sluice, clock } = clientOf({ rest: [{ json: running }, { json: running }, { json: completed }] });
  const begun = clock.now();
  const job = await sluice.import({ source: 'https://example.com/a.mp4', ...inBackground });
  await job.wait();
  await sluice.close();
  expect(clock.now() - begun).toBeGreaterThanOrEqual(15_000);
  expect(clock.now() - begun).toBeLessThan(40_000);
});
