import { describe, expect, it } from 'vitest';
import { ask, callFirework, tokenOf } from './firework-support.js';
import { emulate } from './support.js';

const FILE = { filename: 'clip.mp4', mime_type: 'video/mp4', channel_id: 'FwChannel' };

describe('the token endpoint', () => {
  it('takes the secret in the body or as Basic, and says how long the token works', async () => {
    const emulator = await emulate();
    const { baseUrl, clientId, clientSecret } = emulator.firework;
    const url = `${baseUrl}/oauth/token`;
    const grant = ['--data', 'grant_type=client_credentials'];
    const inBody = await ask(
      url,
      ...grant,
      '--data',
      `client_id=${clientId}`,
      '--data',
      `client_secret=${clientSecret}`,
    );
    const asBasic = await ask(url, ...grant, '--user', `${clientId}:${clientSecret}`);
    for (const { status, json, headers } of [inBody, asBasic]) {
      expect(status).toBe(200);
      expect(json).toMatchObject({ token_type: 'Bearer', expires_in: 3600, scope: 'videos:read videos:write' });
      expect(headers.get('cache-control')).toBe('no-store');
    }
    expect(inBody.json.access_token).not.toBe(asBasic.json.access_token);
  });

  const client = ['client_id=firework-emulator-client', 'client_secret=firework-emulator-secret'];
  const grant = 'grant_type=client_credentials';

  it.each<[string, string[], [number, string]]>([
    ['a wrong secret', [grant, 'client_id=firework-emulator-client', 'client_secret=x'], [401, 'invalid_client']],
    ['no client', [grant], [401, 'invalid_client']],
    ['no grant type', client, [400, 'invalid_request']],
    ['another grant type', ['grant_type=password', ...client], [400, 'unsupported_grant_type']],
    ['a scope that was not granted', [grant, ...client, 'scope=videos:read everything'], [400, 'invalid_scope']],
  ])('refuses %s', async (...[, fields, refused]) => {
    const { firework } = await emulate();
    const data = fields.flatMap((field) => ['--data', field]);
    expect(await ask(`${firework.baseUrl}/oauth/token`, ...data)).toMatchObject({
      status: refused[0],
      json: { error: refused[1] },
    });
  });

  it('refuses the secret in two places at once', async () => {
    const { firework } = await emulate();
    const { baseUrl, clientId, clientSecret } = firework;
    const answer = await ask(
      `${baseUrl}/oauth/token`,
      ...['--user', `${clientId}:${clientSecret}`, '--data', 'grant_type=client_credentials'],
      ...['--data', `client_secret=${clientSecret}`],
    );
    expect(answer).toMatchObject({ status: 401, json: { error: 'invalid_client' } });
  });
});

describe('a token', () => {
  it('opens only what its scope says', async () => {
    const emulator = await emulate();
    const reading = await tokenOf(emulator, 'videos:read');
    const refused = await callFirework(emulator, '/api/v1/upload_signatures', { body: FILE, token: reading });
    expect(refused).toMatchObject({ status: 403, json: { error: 'Insufficient permissions: needs videos:write' } });
    expect(await callFirework(emulator, '/api/v1/videos/none', { token: reading })).toMatchObject({ status: 404 });
    const writing = await tokenOf(emulator, 'videos:write');
    expect(await callFirework(emulator, '/api/v1/videos/none', { token: writing })).toMatchObject({ status: 403 });
  });

  it('ends after its lifetime on the provider’s clock, or when all are revoked', async () => {
    const emulator = await emulate({ firework: { tokenLifetimeSeconds: 60 } });
    const token = await tokenOf(emulator);
    const call = () => callFirework(emulator, '/api/v1/upload_signatures', { body: FILE, token });
    emulator.clock.advance(58_000);
    expect(await call()).toMatchObject({ status: 201 });
    emulator.clock.advance(2_000);
    expect(await call()).toMatchObject({ status: 401, json: { error: 'Invalid or missing authentication token' } });
    const another = await tokenOf(emulator);
    emulator.firework.revokeTokens();
    expect(await callFirework(emulator, '/api/v1/videos/x', { token: another })).toMatchObject({ status: 401 });
  });

  it('is told in real seconds, which is all that a client can count', async () => {
    const emulator = await emulate({ speed: 60 });
    const { baseUrl, clientId, clientSecret } = emulator.firework;
    const user = ['--user', `${clientId}:${clientSecret}`];
    const { json } = await ask(`${baseUrl}/oauth/token`, ...user, '--data', 'grant_type=client_credentials');
    expect(json.expires_in).toBe(60);
  });

  it('is needed', async () => {
    const emulator = await emulate();
    expect(await ask(`${emulator.firework.baseUrl}/api/v1/videos/x`)).toMatchObject({ status: 401 });
    expect(await callFirework(emulator, '/api/v1/videos/x', { token: 'made-up' })).toMatchObject({ status: 401 });
  });
});
