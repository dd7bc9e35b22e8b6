import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { SluiceError } from '../../src/model/error.js';
import type { HttpCall } from '../../src/model/http.js';
import { scriptedHttp } from '../../src/testing/scripted-http.js';
import type { HttpOptions } from '../../src/wire/http.js';
import { makeHttp } from '../support/http.js';
import { quiet } from '../support/manual-clock.js';
import { listen, platformCalls } from '../support/servers.js';

const tooMuch = 33 * 1024 * 1024;

/** A server whose first answer the test writes itself, and the wire to it. */
async function wireTo(options: Partial<Omit<HttpOptions, 'fetch'>> = {}) {
  const arrivals: ((response: ServerResponse) => void)[] = [];
  const arrived = new Promise<ServerResponse>((resolve) => arrivals.push(resolve));
  const { url } = await listen((_request, response) => {
    arrivals[0]?.(response);
  });
  const wired = makeHttp({ over: { calls: platformCalls() }, wire: { baseUrl: url }, ...options });
  return { ...wired, arrived };
}

const get: HttpCall = { method: 'GET', path: '/status' };
const post: HttpCall = { method: 'POST', path: '/import', json: { url: 'x' } };

async function errorOf(promise: Promise<unknown>): Promise<SluiceError> {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!SluiceError.is(error)) throw new Error('no error of ours', { cause: error });
  return error;
}

describe('an attempt’s time-out', () => {
  it('covers a body that trickles, and closes the connection', async () => {
    const { http, clock, arrived } = await wireTo();
    const failed = errorOf(http.call(get));
    const response = await arrived;
    response.writeHead(200, { 'content-type': 'application/json' });
    const trickle = setInterval(() => response.write(' '), 1);
    const closed = once(response, 'close').finally(() => clearInterval(trickle));
    await clock.advance(30_000);
    expect(await failed).toMatchObject({ code: 'timeout', message: 'acme: no answer within 30 s' });
    await closed;
    expect(clock.sleeping).toBe(0);
  });

  it('leaves a call that counts in doubt', async () => {
    const { http, clock, arrived } = await wireTo();
    const failed = errorOf(http.call(post));
    await arrived;
    await clock.advance(30_000);
    expect(await failed).toMatchObject({ code: 'timeout', ambiguous: true });
  });
});

describe('a body without end', () => {
  it('is refused, and its connection closed', async () => {
    const { http, arrived } = await wireTo();
    const failed = errorOf(http.call(get));
    const response = await arrived;
    const chunk = Buffer.alloc(1024 * 1024, ' ');
    const more = () => {
      while (!response.destroyed && response.write(chunk));
    };
    response.on('drain', more);
    more();
    const closed = once(response, 'close');
    expect(await failed).toMatchObject({ code: 'protocol', status: 200 });
    await closed;
  });

  it('is refused by what it declares, before it is read', async () => {
    const { http, arrived } = await wireTo();
    const failed = errorOf(http.call(get));
    const response = await arrived;
    response.writeHead(200, { 'content-length': tooMuch });
    response.write(' ');
    const closed = once(response, 'close');
    expect((await failed).message).toMatch(/longer than \d+ bytes/);
    await closed;
  });

  it('is refused as it unfolds: a declared length says nothing of a compressed body', async () => {
    const { http, arrived } = await wireTo();
    const failed = errorOf(http.call(get));
    const response = await arrived;
    const small = gzipSync(Buffer.alloc(tooMuch, ' '));
    response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': small.length });
    response.end(small);
    expect((await failed).message).toMatch(/longer than \d+ bytes/);
  });
});

describe('a redirect of a call', () => {
  it('is not followed: it would carry the credentials elsewhere', async () => {
    let strayed = 0;
    const elsewhere = await listen((_request, response) => {
      strayed += 1;
      response.end('{}');
    });
    const { http, arrived } = await wireTo();
    const failed = errorOf(http.call(post));
    const response = await arrived;
    response.writeHead(307, { location: `${elsewhere.url}/import?token=abcdef` });
    response.end();
    expect(await failed).toMatchObject({
      code: 'protocol',
      status: 307,
      message: `acme: it redirects to ${elsewhere.url}/import?…, which is not followed with a call; correct baseUrl (HTTP 307)`,
    });
    expect(strayed).toBe(0);
  });
});

describe('an abort', () => {
  const reason = new SluiceError({ code: 'aborted', message: 'enough' });

  it('ends a backoff at once', async () => {
    const stop = new AbortController();
    const script = scriptedHttp([{ answer: { status: 503, json: {} } }]);
    const { http, clock, traced } = makeHttp({ over: script, signal: stop.signal });
    const failed = errorOf(http.call(get));
    await quiet();
    expect([traced.length, clock.sleeping]).toEqual([1, 1]);
    stop.abort(reason);
    expect(await failed).toBe(reason);
    expect(clock.sleeping).toBe(0);
    script.assertDone();
  });

  it('ends a request that waits for its answer, and its connection', async () => {
    const stop = new AbortController();
    const { http, clock, arrived } = await wireTo({ signal: stop.signal });
    const failed = errorOf(http.call(get));
    const closed = once(await arrived, 'close');
    stop.abort(reason);
    expect(await failed).toBe(reason);
    await closed;
    expect(clock.sleeping).toBe(0);
  });

  it('ends the reading of a body, and its connection', async () => {
    const stop = new AbortController();
    const { http, clock, arrived } = await wireTo({ signal: stop.signal });
    const failed = errorOf(http.call(get));
    const response = await arrived;
    response.writeHead(200, { 'content-length': 10 });
    response.write('{');
    const closed = once(response, 'close');
    stop.abort(reason);
    expect(await failed).toBe(reason);
    await closed;
    expect(clock.sleeping).toBe(0);
  });

  it('leaves a call that counts in doubt once it was sent, and not before', async () => {
    const stop = new AbortController();
    const { http, arrived } = await wireTo({ signal: stop.signal });
    const failed = errorOf(http.call(post));
    await arrived;
    stop.abort(reason);
    expect(await failed).toMatchObject({ code: 'aborted', ambiguous: true });
    expect((await errorOf(http.call(post))).ambiguous).toBeUndefined();
  });

  it('ends a call at once also when the fetch does not obey', async () => {
    const stop = new AbortController();
    const { http, clock } = makeHttp({ over: { fetch: () => new Promise(() => undefined) }, signal: stop.signal });
    const failed = errorOf(http.call(get));
    await clock.advance(10);
    stop.abort(reason);
    expect(await failed).toBe(reason);
    expect(clock.sleeping).toBe(0);
  });

  it('by whatever reason is an error of ours', async () => {
    const { http } = makeHttp({ over: { fetch: () => expect.fail('sent') }, signal: AbortSignal.abort('because') });
    expect(await errorOf(http.call(get))).toMatchObject({ code: 'aborted', cause: 'because' });
  });
});

describe('what HTTP cannot say is not sent, and not called ambiguous', () => {
  it.each([
    ['a key with a line break', { headers: { authorization: 'Bearer sk-very\nsecret' } }, '/import'],
    ['a key with a control character', { headers: { authorization: 'Bearer sk-very\u0001secret' } }, '/import'],
    ['a key in another alphabet', { headers: { authorization: 'Bearer sk-very-ключ' } }, '/import'],
    ['a path that leads to another host', {}, '@evil.example/import'],
    ['a base that is no URL', { baseUrl: 'api.acme.example' }, '/import'],
  ])('%s', async (_what, wire, path) => {
    const { http } = makeHttp({
      over: { fetch: () => expect.fail('sent') },
      wire: { baseUrl: 'https://api.acme.example', ...wire },
    });
    const error = await errorOf(http.call({ ...post, path }));
    expect(error).toMatchObject({ code: 'invalid-request', retry: 'never' });
    expect(error.ambiguous).toBeUndefined();
    // The platform's own error says the value: it must not be there as a cause either.
    expect(inspect(error, { depth: 9 })).not.toMatch(/sk-very/);
  });
});
