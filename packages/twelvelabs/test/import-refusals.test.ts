import { createSluice, integration } from '@sluice/core';
import { type ScriptedAnswer, scriptedHttp, VirtualClock } from '@sluice/core/testing';
import { expect, test } from 'vitest';
import { twelvelabs } from '../src/index.js';
import { ids, listed } from './samples.js';

const taken: ScriptedAnswer = { status: 201, json: { videos: [{ video_id: 'video-1', filename: 'a.mp4' }] } };

/** Imports a bucket whose first start is answered so. */
async function importAfter(first: ScriptedAnswer, logs: ScriptedAnswer = { json: { data: [] } }) {
  const starts = [first, taken];
  const { fetch, sent } = scriptedHttp(({ method, path }) => {
    if (method === 'POST') return starts.shift() ?? { failure: 'reset' };
    return path.endsWith('/logs') ? logs : { json: listed('ready') };
  });
  const providers = { search: twelvelabs({ apiKey: 'key', indexId: ids.index }) };
  const sluice = createSluice({ providers, fetch, clock: new VirtualClock() });
  const job = await sluice.import({ source: integration(ids.integration) });
  const error: unknown = await job.wait().catch((thrown: unknown) => thrown);
  await sluice.close();
  return { error, state: job.snapshot.state, starts: sent.filter(({ method }) => method === 'POST').length };
}

test.each<[string, ScriptedAnswer]>([
  ['a conflict', { status: 409, json: { code: 'any', message: 'no' } }],
  ['the code of the settings', { status: 400, json: { code: 'import_already_running', message: 'no' } }],
  ["the page's own words", { status: 400, json: { message: 'Only one import job can run at a time.' } }],
  ['words like it', { status: 403, json: { message: 'An import is already in progress' } }],
])('a start that is refused because an import runs goes again: %s', async (_how, refusal) => {
  expect(await importAfter(refusal)).toMatchObject({ state: 'completed', starts: 2 });
});

test('a start that is refused for anything else does not', async () => {
  const { error, starts } = await importAfter({ status: 400, json: { message: 'The index_id parameter is invalid' } });
  expect(error).toMatchObject({ code: 'invalid-request' });
  expect(starts).toBe(1);
});

test('the logs may be a bare list', async () => {
  expect(await importAfter(taken, { json: [] })).toMatchObject({ state: 'completed', starts: 1 });
});
