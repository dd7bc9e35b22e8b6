import type { JsonValue } from '@sluice/core/adapter';
import { describe, expect, test } from 'vitest';
import type { FireworkSettings } from '../src/index.js';
import { clientOf, credentials, play, url } from './play.js';
import { completed, created, running, token, unauthorized } from './samples.js';

const inBackground = { options: { firework: { async: true } } };

function tokenOf(access_token: string, rest: Record<string, JsonValue> = {}) {
  return { json: { access_token, token_type: 'Bearer', ...rest } };
}

async function tokenRequest(settings: Partial<FireworkSettings> = {}) {
  const { sent } = await play({ creates: [created] }, {}, settings);
  const [request] = sent.tokens;
  const { authorization } = request?.headers ?? {};
  return { authorization, form: Object.fromEntries(new URLSearchParams(request?.body)), request };
}

describe('the secret', () => {
  test('goes in the form by default', async () => {
    const { form, authorization, request } = await tokenRequest();
    expect(request).toMatchObject({ method: 'POST', path: '/oauth/token', query: {} });
    expect(request?.headers['content-type']).toMatch(/^application\/x-www-form-urlencoded/);
    expect(authorization).toBeUndefined();
    expect(form).toEqual({
      grant_type: 'client_credentials',
      client_id: credentials.clientId,
      client_secret: credentials.clientSecret,
      scope: 'videos:read videos:write',
    });
  });

  test('goes as Basic authentication when that is set, and then nowhere else', async () => {
    const { form, authorization } = await tokenRequest({ auth: 'basic', scopes: ['videos:write'] });
    expect(authorization).toBe(`Basic ${btoa('client-0123:client-secret-0123')}`);
    expect(form).toEqual({ grant_type: 'client_credentials', scope: 'videos:write' });
  });

  test('is form-encoded before it is joined, so that any character can be in it', async () => {
    const { authorization } = await tokenRequest({ auth: 'basic', clientId: 'a:b', clientSecret: 'ä +%' });
    expect(atob(authorization?.slice('Basic '.length) ?? '')).toBe('a%3Ab:%C3%A4+%2B%25');
  });

  test('an empty list of scopes asks for whatever was granted', async () => {
    expect((await tokenRequest({ scopes: [] })).form).not.toHaveProperty('scope');
  });
});

describe('the token', () => {
  const looks = (count: number) => [...Array(count).fill({ json: running }), { json: completed }];

  test('goes with every call, and is fetched once for all', async () => {
    const { sluice, sent } = clientOf({ creates: [created] });
    const jobs = await Promise.all(Array.from({ length: 5 }, () => sluice.import({ source: url })));
    await Promise.all(jobs.map((job) => job.wait()));
    await sluice.close();
    expect(sent.tokens).toHaveLength(1);
    expect(sent.creates.map(({ headers }) => headers.authorization)).toEqual(
      Array(5).fill('Bearer token-0123456789abcdef'),
    );
  });

  test('is renewed before it ends', async () => {
    const tokens = [tokenOf('first', { expires_in: 120 }), tokenOf('second', { expires_in: '86400' })];
    const { sent, snapshot } = await play({ tokens, rest: looks(12) }, inBackground);
    expect(snapshot.state).toBe('completed');
    const used = sent.rest.map(({ headers }) => headers.authorization);
    expect(new Set(used)).toEqual(new Set(['Bearer first', 'Bearer second']));
    expect(sent.tokens).toHaveLength(2);
  });

  test('without an end holds until it is refused', async () => {
    const { sent } = await play({ tokens: [tokenOf('first')], rest: looks(12) }, inBackground);
    expect(sent.tokens).toHaveLength(1);
  });

  test('that was refused is renewed once, and the creation sent once more', async () => {
    const tokens = [tokenOf('first'), tokenOf('second')];
    const { sent, snapshot } = await play({ tokens, creates: [unauthorized, created] });
    expect(snapshot.state).toBe('completed');
    expect(sent.creates.map(({ headers }) => headers.authorization)).toEqual(['Bearer first', 'Bearer second']);
  });

  test('that is refused again ends the job', async () => {
    const { error, sent } = await play({ creates: [unauthorized] });
    expect(error).toMatchObject({ code: 'auth', status: 401 });
    expect(sent.creates).toHaveLength(2);
  });

  test.each([
    [401, { error: 'invalid_client', error_description: 'Client authentication failed' }],
    [400, { error: 'invalid_client', error_description: 'Client authentication failed' }],
    [400, { error: 'unauthorized_client' }],
  ])('that nobody gives (%i) ends the job, and nothing was sent', async (status, json) => {
    const { error, sent } = await play({ tokens: [{ status, json }] });
    expect(error).toMatchObject({ code: 'auth', status, message: expect.stringContaining(json.error) });
    expect(error?.message).not.toContain(credentials.clientSecret);
    expect(sent.creates).toHaveLength(0);
  });

  test('that cannot be had just now is asked for again', async () => {
    const tokens = [{ status: 503, text: '' }, { failure: 'reset' } as const, token];
    const { snapshot, sent } = await play({ tokens, creates: [created] });
    expect(snapshot.state).toBe('completed');
    expect(sent.creates).toHaveLength(1);
  });

  test('that is none is never sent', async () => {
    const { error, sent } = await play({ tokens: [tokenOf('two\nlines')] });
    expect(error).toMatchObject({ code: 'protocol' });
    expect(sent.creates).toHaveLength(0);
  });
});
