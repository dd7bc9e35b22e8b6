import { describe, expect, test } from 'vitest';
import { scriptedHttp } from '../../src/testing/index.js';

const url = 'https://api.example/jobs?id=7';

describe('scripted HTTP', () => {
  test('answers in order and keeps what was sent', async () => {
    const http = scriptedHttp([
      { method: 'POST', path: '/jobs', answer: { status: 201, headers: { 'x-one': '1' }, json: { id: 7 } } },
      { answer: { text: 'not json' } },
    ]);
    const first = await http.fetch(url, { method: 'POST', headers: { 'X-Key': 'k' }, body: '{"a":1}' });
    expect([first.status, first.headers.get('x-one'), await first.json()]).toEqual([201, '1', { id: 7 }]);
    expect(await (await http.fetch(new Request(url))).text()).toBe('not json');
    expect(http.sent[0]).toMatchObject({
      method: 'POST',
      url: 'https://api.example/jobs',
      path: '/jobs',
      query: { id: '7' },
      headers: { 'x-key': 'k' },
      json: { a: 1 },
    });
    expect(http.sent[1]).toMatchObject({ method: 'GET', body: '', json: undefined });
    expect(() => http.assertDone()).not.toThrow();
  });

  test('answers by a function of the request and its number', async () => {
    const http = scriptedHttp(({ query }, number) => ({ json: [query.id ?? null, number] }));
    await http.fetch(url);
    expect(await (await http.fetch(url)).json()).toEqual(['7', 1]);
  });

  test.each([
    { failure: 'refused', code: 'ECONNREFUSED', sent: 0 },
    { failure: 'reset', code: 'ECONNRESET', sent: 1 },
  ] as const)('fails as the platform does: $failure, after $sent were sent', async ({ failure, code, sent }) => {
    const http = scriptedHttp([{ answer: { failure } }]);
    await expect(http.fetch(url)).rejects.toMatchObject({ message: 'fetch failed', cause: { code } });
    expect(http.sent).toHaveLength(sent);
  });

  test('is silent until its signal fires', async () => {
    const http = scriptedHttp([{ answer: { failure: 'silent' } }]);
    const stop = new AbortController();
    const asking = http.fetch(url, { signal: stop.signal });
    stop.abort(new Error('enough'));
    await expect(asking).rejects.toThrow('enough');
  });

  test('cuts a body in its middle', async () => {
    const http = scriptedHttp([{ answer: { json: { half: 'of it' }, cut: true } }]);
    await expect((await http.fetch(url)).text()).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
  });

  test('says what the script did not expect, and what it waited for in vain', async () => {
    const http = scriptedHttp([
      { method: 'POST', answer: { json: {} } },
      { answer: { json: {} } },
      { answer: { json: {} } },
    ]);
    await expect(http.fetch(url)).rejects.toThrow('request 1 is GET /jobs; the script has POST /jobs');
    await http.fetch(url);
    expect(() => http.assertDone()).toThrow(/request 1 is GET .*; 1 answers were never asked for/);
  });
});
