import { type ConfiguredAdapter, createSluice, type ImportJob, type ImportRequest, type Sluice } from '@sluice/core';
import type { AdapterOptions } from '@sluice/core/adapter';
import { expectTypeOf, test } from 'vitest';
import {
  type AnswerParser,
  type VideoCdnCalls,
  type VideoCdnFile,
  type VideoCdnOptions,
  type VideoCdnSettings,
  videoCdn,
} from '../src/index.js';

test('the options of a request are typed by the adapter, however it is loaded', () => {
  expectTypeOf<AdapterOptions['video-cdn']>().toEqualTypeOf<VideoCdnOptions | undefined>();
  const request: ImportRequest = { source: '', options: { 'video-cdn': { speed: '130%', buffer: 5 } } };
  // @ts-expect-error a text where the provider wants true or false
  const wrong: ImportRequest = { source: '', options: { 'video-cdn': { no_replace: 'true' } } };
  // @ts-expect-error an unknown option
  const unknown: ImportRequest = { source: '', options: { 'video-cdn': { chksum: 'x' } } };
  expectTypeOf([request, wrong, unknown]).toEqualTypeOf<ImportRequest[]>();
});

test('the settings are typed, and the common ones are among them', () => {
  expectTypeOf(videoCdn).returns.toEqualTypeOf<ConfiguredAdapter<VideoCdnCalls>>();
  expectTypeOf(videoCdn).toBeCallableWith({ login: 'l', password: 'p', timeoutMs: 1_000, answers: (text) => [text] });
  expectTypeOf<VideoCdnSettings['answers']>().toEqualTypeOf<'json' | 'form' | 'lines' | AnswerParser | undefined>();
  // @ts-expect-error the password is missing
  videoCdn({ login: 'l' });
});

test('the helpers are typed by the provider that they belong to', async () => {
  const sluice = createSluice({ providers: { cdn: videoCdn({ login: 'l', password: 'p' }) } });
  expectTypeOf(sluice.provider('cdn').file).toEqualTypeOf<(name: string) => Promise<VideoCdnFile | undefined>>();
  await sluice.close();
});

test('a job is the same for every adapter', () => {
  expectTypeOf<Sluice['import']>().returns.resolves.toEqualTypeOf<ImportJob>();
});
