import { type ConfiguredAdapter, type ImportJob, type ImportRequest, integration, type Sluice } from '@sluice/core';
import type { AdapterOptions } from '@sluice/core/adapter';
import { expectTypeOf, test } from 'vitest';
import { type TwelvelabsOptions, type TwelvelabsSettings, twelvelabs } from '../src/index.js';

test('the options of a request are typed by the adapter, however it is loaded', () => {
  expectTypeOf<AdapterOptions['twelvelabs']>().toEqualTypeOf<TwelvelabsOptions | undefined>();
  const source = integration('i');
  const request: ImportRequest = {
    source,
    options: { twelvelabs: { retry_failed: true, user_metadata: { a: 1, b: 'x', c: true } } },
  };
  // @ts-expect-error a list is to be converted into a text
  const wrong: ImportRequest = { source, options: { twelvelabs: { user_metadata: { tags: ['a'] } } } };
  // @ts-expect-error an unknown option
  const unknown: ImportRequest = { source, options: { twelvelabs: { indexId: 'x' } } };
  expectTypeOf([request, wrong, unknown]).toEqualTypeOf<ImportRequest[]>();
});

test('the settings are typed, and the common ones are among them', () => {
  expectTypeOf(twelvelabs).returns.toExtend<ConfiguredAdapter>();
  expectTypeOf(twelvelabs).toBeCallableWith({
    apiKey: 'k',
    timeoutMs: 1_000,
    prerequisites: { marengo: { minSeconds: 4 } },
  });
  expectTypeOf<TwelvelabsSettings>().toHaveProperty('indexId').toEqualTypeOf<string | undefined>();
  // @ts-expect-error the key is missing
  twelvelabs({ indexId: 'i' });
});

test('a job is the same for every adapter', () => {
  expectTypeOf<Sluice['import']>().returns.resolves.toEqualTypeOf<ImportJob>();
});
