import { createSluice } from '@sluice/core';
import { describe, expect, test } from 'vitest';
import { importly } from '../src/index.js';

function configured(settings: unknown) {
  return () => createSluice({ providers: { media: { adapter: importly.adapter, settings } } });
}

test('the API key is enough', async () => {
  const sluice = createSluice({ providers: { media: importly({ apiKey: 'k' }) } });
  expect(sluice.providers()).toMatchObject([
    {
      name: 'media',
      adapter: 'importly',
      baseUrl: 'https://api.importly.io',
      capabilities: { url: { schemes: ['http', 'https'] }, cancel: false, webhook: 'hint', idempotentStart: false },
      limits: {
        jobs: 2,
        starts: { max: 240, windowMs: 3_600_000 },
        statuses: { max: 3_600, windowMs: 3_600_000 },
        probes: { max: 1_000, windowMs: 3_600_000 },
        probesAtOnce: 5,
      },
    },
  ]);
  await sluice.close();
});

test('the base URL may be another, with or without a slash at its end', () => {
  for (const baseUrl of ['https://api.importly.app', 'https://api.importly.app/']) {
    expect(importly.adapter.create({ apiKey: 'k', baseUrl }).wire.baseUrl).toBe('https://api.importly.app');
  }
});

describe('a wrong setting is one line that names it', () => {
  test.each([
    ['no key', {}, /providers\.media\.apiKey: is missing/],
    ['an empty key', { apiKey: '' }, /providers\.media\.apiKey: must be the API key/],
    ['a key with a line end', { apiKey: 'secret-key\n' }, /providers\.media\.apiKey: must be the API key/],
    [
      'an unknown setting',
      { apiKey: 'k', apikey: 'k' },
      /providers\.media\.apikey: unknown field; known: apiKey, baseUrl/,
    ],
    [
      'a base URL that is none',
      { apiKey: 'k', baseUrl: 'api.importly.io' },
      /providers\.media\.baseUrl: must be an absolute/,
    ],
    ['an unknown probe', { apiKey: 'k', probe: 'full' }, /providers\.media\.probe: .*"metadata"\|"basic"/],
    [
      'an unknown webhook setting',
      { apiKey: 'k', webhook: { header: 'x' } },
      /providers\.media\.webhook\.header: unknown field/,
    ],
    [
      'an algorithm that is none',
      { apiKey: 'k', webhook: { algorithm: 'md5' } },
      /providers\.media\.webhook\.algorithm: .*"sha256"/,
    ],
  ])('%s', (_what, settings, line) => {
    expect(configured(settings)).toThrow(line);
    expect(configured(settings)).not.toThrow(/secret-key/);
  });
});
