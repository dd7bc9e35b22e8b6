import { type ConfiguredAdapter, createSluice, type ImportJob, type ImportRequest, type Sluice } from '@sluice/core';
import type { AdapterOptions } from '@sluice/core/adapter';
import { expectTypeOf, test } from 'vitest';
import {
  type FireworkCalls,
  type FireworkOptions,
  type FireworkSettings,
  type FireworkVideo,
  type FireworkVideoPatch,
  firework,
} from '../src/index.js';

test('the options of a request are typed by the adapter, however it is loaded', () => {
  expectTypeOf<AdapterOptions['firework']>().toEqualTypeOf<FireworkOptions | undefined>();
  const request: ImportRequest = {
    source: '',
    options: { firework: { access: 'private', custom_fields: { a: 'b' } } },
  };
  // @ts-expect-error a word of answers alone
  const wrong: ImportRequest = { source: '', options: { firework: { access: 'unlisted' } } };
  // @ts-expect-error an unknown option
  const unknown: ImportRequest = { source: '', options: { firework: { title: 'x' } } };
  expectTypeOf([request, wrong, unknown]).toEqualTypeOf<ImportRequest[]>();
});

test('the settings are typed, and the common ones are among them', () => {
  expectTypeOf(firework).returns.toEqualTypeOf<ConfiguredAdapter<FireworkCalls>>();
  expectTypeOf(firework).toBeCallableWith({
    clientId: 'c',
    clientSecret: 's',
    timeoutMs: 1_000,
    bounds: { minBytes: 25_000 },
  });
  expectTypeOf<FireworkSettings>().toHaveProperty('auth').toEqualTypeOf<'body' | 'basic' | undefined>();
  // @ts-expect-error the secret is missing
  firework({ clientId: 'c' });
});

test('the helpers are typed by the provider that they belong to', async () => {
  const sluice = createSluice({ providers: { shop: firework({ clientId: 'c', clientSecret: 's' }) } });
  const shop = sluice.provider('shop');
  expectTypeOf(shop.video).toEqualTypeOf<(id: string) => Promise<FireworkVideo>>();
  expectTypeOf(shop.updateVideo).parameter(1).toEqualTypeOf<FireworkVideoPatch>();
  await sluice.close();
});

test('a job is the same for every adapter', () => {
  expectTypeOf<Sluice['import']>().returns.resolves.toEqualTypeOf<ImportJob>();
});
