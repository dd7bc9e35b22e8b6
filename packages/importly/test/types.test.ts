import type { ConfiguredAdapter, ImportJob, ImportRequest, Sluice } from '@sluice/core';
import type { AdapterOptions } from '@sluice/core/adapter';
import { expectTypeOf, test } from 'vitest';
import { type ImportlyOptions, type ImportlySettings, importly } from '../src/index.js';

test('the options of a request are typed by the adapter, however it is loaded', () => {
  expectTypeOf<AdapterOptions['importly']>().toEqualTypeOf<ImportlyOptions | undefined>();
  const request = {
    source: 'https://example.com/v.mp4',
    options: { importly: { videoQuality: '720p' } },
  } as const satisfies ImportRequest;
  expectTypeOf(request).toExtend<ImportRequest>();
  // @ts-expect-error a misspelt quality
  const wrong: ImportRequest = { source: '', options: { importly: { videoQuality: '4k' } } };
  // @ts-expect-error an unknown option
  const unknown: ImportRequest = { source: '', options: { importly: { quality: 'best' } } };
  // @ts-expect-error an adapter that is not there
  const stranger: ImportRequest = { source: '', options: { importy: {} } };
  expectTypeOf([wrong, unknown, stranger]).toEqualTypeOf<ImportRequest[]>();
});

test('the settings are typed, and the common ones are among them', () => {
  expectTypeOf(importly).returns.toEqualTypeOf<ConfiguredAdapter>();
  expectTypeOf(importly).toBeCallableWith({
    apiKey: 'k',
    timeoutMs: 1_000,
    limits: { jobs: 1 },
    webhook: { secret: 's' },
  });
  expectTypeOf<ImportlySettings>().toHaveProperty('apiKey').toEqualTypeOf<string>();
  // @ts-expect-error the key is missing
  importly({});
});

test('a job is the same for every adapter', () => {
  expectTypeOf<Sluice['import']>().returns.resolves.toEqualTypeOf<ImportJob>();
});
