import { createSluice } from '@sluice/core';
import { describe, expect, test } from 'vitest';
import { firework } from '../src/index.js';
import { credentials } from './play.js';

function configured(settings: unknown) {
  return () => createSluice({ providers: { shop: { adapter: firework.adapter, settings } } });
}

test('the credentials are enough', async () => {
  const sluice = createSluice({ providers: { shop: firework(credentials) } });
  expect(sluice.providers()).toMatchObject([
    {
      name: 'shop',
      adapter: 'firework',
      baseUrl: 'https://api.firework.com',
      capabilities: {
        url: { schemes: ['http', 'https'] },
        upload: {
          ways: [
            { name: 'single', shape: 'form', minBytes: 25_600, maxBytes: 99_999_999 },
            { name: 'multipart', shape: 'parts', minBytes: 100_000_000, maxBytes: 5_000_000_000 },
            { name: 'file', shape: 'form', minBytes: 25_600, maxBytes: 5_000_000_000, onRequest: true },
          ],
          canList: false,
          canSign: false,
        },
        cancel: false,
        webhook: 'hint',
        idempotentStart: false,
      },
      limits: { starts: { max: 20, windowMs: 300_000 } },
    },
  ]);
  await sluice.close();
});

test('the base URL may be another, with or without a slash at its end', () => {
  for (const baseUrl of ['https://api.example/fw', 'https://api.example/fw/']) {
    expect(firework.adapter.create({ ...credentials, baseUrl }).wire.baseUrl).toBe('https://api.example/fw');
  }
});

describe('a wrong setting is one line that names it', () => {
  test.each([
    ['no client', { clientSecret: 's' }, /providers\.shop\.clientId: is missing/],
    ['no secret', { clientId: 'c' }, /providers\.shop\.clientSecret: is missing/],
    ['an empty secret', { ...credentials, clientSecret: '' }, /clientSecret: must not be empty/],
    [
      'an unknown setting',
      { ...credentials, channel: 'c' },
      /shop\.channel: unknown field; known: clientId, clientSecret, auth/,
    ],
    ['a style that is none', { ...credentials, auth: 'header' }, /shop\.auth: .*"body"\|"basic"/],
    ['two scopes in one', { ...credentials, scopes: ['videos:read videos:write'] }, /scopes\.0: must be a scope/],
    ['a base URL that is none', { ...credentials, baseUrl: 'api.firework.com' }, /baseUrl: must be an absolute/],
    ['an unknown bound', { ...credentials, bounds: { min: 1 } }, /bounds\.min: unknown field/],
    ['no patience', { ...credentials, createTimeoutMs: 0 }, /createTimeoutMs: /],
    ['an unknown webhook setting', { ...credentials, webhook: { tolerance: 1 } }, /webhook\.tolerance: unknown field/],
  ])('%s', (_what, settings, line) => {
    expect(configured(settings)).toThrow(line);
    expect(configured(settings)).not.toThrow(/client-secret/);
  });
});
