import {
  type AdapterOptions,
  createSluice,
  type ImportEvent,
  type ImportItem,
  type ImportJob,
  type ImportRequest,
  type Sluice,
} from '@sluice/core';
import { type ConfiguredAdapter, defineAdapter } from '@sluice/core/adapter';
import { describe, expectTypeOf, it } from 'vitest';
import * as z from 'zod';

declare module '@sluice/core/adapter' {
  interface AdapterOptions {
    tape?: { speed?: number };
    drum?: { tracks: string[] };
  }
}

const capabilities = {
  url: { schemes: ['https' as const] },
  checks: [],
  cancel: false,
  webhook: 'none' as const,
  idempotentStart: false,
  limits: {},
};

const tape = defineAdapter({
  name: 'tape',
  settings: z.object({ apiKey: z.string() }),
  options: z.object({ speed: z.number().optional() }),
  capabilities,
  create: ({ apiKey }) => ({
    wire: { baseUrl: 'https://tape.example', headers: { authorization: apiKey } },
    start: async (request) => {
      expectTypeOf(request.options).toEqualTypeOf<{ speed?: number | undefined }>();
      return { ref: 1, snapshot: { state: 'running', rawState: 'x' } };
    },
    status: async () => ({ state: 'completed', rawState: 'x' }),
  }),
});

const drum = defineAdapter({
  name: 'drum',
  settings: z.object({ region: z.enum(['eu', 'us']).default('eu') }),
  options: z.object({ tracks: z.array(z.string()) }),
  capabilities,
  create: () => ({
    wire: { baseUrl: 'https://drum.example' },
    start: async () => ({ ref: { id: 'a' }, snapshot: { state: 'running', rawState: 'x' } }),
    status: async () => ({ state: 'completed', rawState: 'x' }),
  }),
});

describe('an adapter', () => {
  it('yields the same ImportJob as every other', () => {
    const one = createSluice({ providers: { tape: tape({ apiKey: 'k' }) } });
    const other = createSluice({ providers: { drum: drum({}), shop: drum({ region: 'us' }) }, default: 'shop' });
    expectTypeOf(one).toExtend<Sluice>();
    expectTypeOf(other).toExtend<Sluice>();
    expectTypeOf(other.import).toEqualTypeOf(one.import);
    expectTypeOf(one.import).returns.resolves.toEqualTypeOf<ImportJob>();
    expectTypeOf(tape).returns.toEqualTypeOf<ConfiguredAdapter>();
    expectTypeOf(drum).returns.toEqualTypeOf<ConfiguredAdapter>();
  });

  it('has typed settings, and those of every provider', () => {
    expectTypeOf(tape).toBeCallableWith({ apiKey: 'k', pollIntervalMs: 500, limits: { jobs: null } });
    // @ts-expect-error a setting is missing
    tape({});
    // @ts-expect-error a setting has a typing error
    tape({ apiKey: 'k', pollIntervallMs: 500 });
    // @ts-expect-error a setting has a wrong value
    drum({ region: 'mars' });
  });

  it('is found under the names of the application alone', () => {
    const providers = { shop: drum({}) };
    // @ts-expect-error no provider has this name
    const make = () => createSluice({ providers, default: 'shopp' });
    expectTypeOf(make).returns.toExtend<Sluice>();
  });
});

describe('options', () => {
  it('are typed by what adapters merge in, whichever provider is chosen', () => {
    expectTypeOf<AdapterOptions>().toHaveProperty('tape').toEqualTypeOf<{ speed?: number } | undefined>();
    const both: ImportRequest = { source: 's', options: { tape: { speed: 2 }, drum: { tracks: ['a'] } } };
    // @ts-expect-error an option has a wrong type
    const wrong: ImportRequest = { source: 's', options: { tape: { speed: 'fast' } } };
    // @ts-expect-error an option is missing
    const missing: ImportRequest = { source: 's', options: { drum: {} } };
    // @ts-expect-error no adapter has this name
    const stranger: ImportRequest = { source: 's', options: { flute: {} } };
    expectTypeOf([both, wrong, missing, stranger]).toEqualTypeOf<ImportRequest[]>();
  });
});

describe('what comes back', () => {
  it('tells by its own words which fields there are', () => {
    expectTypeOf<Extract<ImportItem, { ok: true }>>().toHaveProperty('asset');
    expectTypeOf<Extract<ImportItem, { ok: false }>>().not.toHaveProperty('asset');
    expectTypeOf<Extract<ImportEvent, { type: 'retry' }>>().toHaveProperty('retryAt');
    expectTypeOf<Extract<ImportEvent, { type: 'progress' }>>().not.toHaveProperty('retryAt');
  });
});
