import { createSluice } from '@sluice/core';
import { redactText } from '@sluice/core/adapter';
import { scriptedHttp } from '@sluice/core/testing';
import { describe, expect, test } from 'vitest';
import { videoCdn } from '../src/index.js';
import { membersOf, requestOf } from './context.js';
import { fileOf, settings, sha256, size } from './samples.js';

describe('settings that make no sense are refused', () => {
  test.each([
    ['login', { login: 'a:b' }],
    ['password', { password: '' }],
    ['baseUrl', { baseUrl: 'ftp://cp.example' }],
    ['paths.add', { paths: { add: 'file/add' } }],
    ['parameters', { parameters: { checksums: 'x' } }],
    ['answers', { answers: 'xml' }],
    ['states.x', { states: { x: 'canceled' } }],
  ])('%s', (field, change) => {
    const parsed = videoCdn.adapter.settings.safeParse({ ...settings, ...change });
    expect(parsed.error?.issues.map(({ path }) => path.join('.'))).toEqual([field]);
  });
});

describe('options that make no sense are refused', () => {
  test.each([
    ['speed', { speed: 'fast' }],
    ['buffer', { buffer: -1 }],
    ['protection', { protection: 'a\nb' }],
    ['callback', { callback: 'ftp://me.example' }],
    ['fetch_prio', { fetch_prio: 1.5 }],
  ])('%s', (field, options) => {
    const parsed = videoCdn.adapter.options.safeParse(options);
    expect(parsed.error?.issues.map(({ path }) => path.join('.'))).toEqual([field]);
  });
});

test.each([
  ['a/../b', 'name'],
  ['a//b', 'name'],
  ['a/', 'name'],
  ['a\nb', 'name'],
])('the name %j is no path', (name, field) => {
  expect(membersOf().check?.(requestOf({ name }))).toMatchObject([{ severity: 'error', field }]);
});

test('no_replace and ifExists must not contradict each other', () => {
  const problems = (no_replace: boolean, ifExists: 'replace' | 'skip') =>
    membersOf().check?.(requestOf({ options: { no_replace }, ifExists }));
  expect(problems(true, 'skip')).toEqual([]);
  for (const wrong of [problems(true, 'replace'), problems(false, 'skip')]) {
    expect(wrong).toMatchObject([{ severity: 'error', field: 'options.video-cdn.no_replace' }]);
  }
});

test.each([
  ['s3://endpoint.example/films/clip.mp4', ['access-key:secret-access-key@endpoint.host']],
  ['s3://key@endpoint.example/films/clip.mp4', ['access-key:secret-access-key@endpoint.host']],
  ['s3://key:secret@endpoint.example/films/clip.mp4', []],
  ['rsync+ssh://files.example/clip.mp4', ['user:password@host']],
  ['rsync+ssh://me@files.example/clip.mp4', []],
  ['rsync://files.example/films/clip.mp4', []],
  ['ftp://files.example/clip.mp4', []],
])('%s is warned of where the page has credentials in every such URL', (url, forms) => {
  const problems = membersOf().check?.(requestOf({ source: { kind: 'url', url } })) ?? [];
  expect(problems.map(({ severity, field }) => [severity, field])).toEqual(forms.map(() => ['warning', 'source']));
  // It reads as it is shown.
  for (const [index, form] of forms.entries()) expect(redactText(problems[index]?.message ?? '')).toContain(form);
});

test('the helpers find and delete a file', async () => {
  const { fetch, sent } = scriptedHttp([
    { path: '/api2/file/list', answer: { json: [fileOf({ status: 'failed', message: 'why' })] } },
    { path: '/api2/file/list', answer: { json: [] } },
    { path: '/api2/file/delete', answer: { json: { status: 'ok' } } },
    { path: '/api2/file/delete', answer: { json: { status: 'error', error: 'locked' } } },
  ]);
  const sluice = createSluice({ providers: { cdn: videoCdn(settings) }, fetch });
  const { file, deleteFile } = sluice.provider('cdn');
  expect(await file('videos/clip.mp4')).toEqual({
    ...{ id: '4711', status: 'failed', state: 'failed', size, sha256, message: 'why' },
  });
  expect(await file('videos/none.mp4')).toBeUndefined();
  await deleteFile('4711');
  expect(sent.at(-1)?.body).toBe('id=4711');
  await expect(deleteFile('4711')).rejects.toMatchObject({ message: expect.stringContaining('locked') });
  await expect(deleteFile('')).rejects.toMatchObject({ code: 'invalid-request' });
  await sluice.close();
});

test('a callback is read by the names of the settings, and keeps no credentials', async () => {
  const members = membersOf({ callback: { sha256: 'digest' } });
  const delivery = { method: 'GET', job: 'job_1', headers: {}, body: new Uint8Array(), now: 0 };
  const read = (query: Record<string, string>) => members.webhook?.({ ...delivery, query });
  expect(await read({ status: 'success', size: '7', digest: sha256.toUpperCase() })).toEqual({
    event: 'success',
    evidence: { ok: true, size: 7, sha256 },
  });
  const message = 'cannot read ftp://user:secret@host/clip.mp4';
  expect(await read({ status: 'fail', message, size: 'x' })).toEqual({
    event: 'fail',
    evidence: { ok: false, message: 'cannot read ftp://host/clip.mp4' },
  });
  await expect(read({ status: 'maybe' })).rejects.toMatchObject({ code: 'protocol' });
});
