import { expect, it } from 'vitest';
import type { HttpCall } from '../../src/model/http.js';
import { scriptedHttp } from '../../src/testing/scripted-http.js';
import { makeHttp } from '../support/http.js';

it('a call is signed anew before each attempt, by the clock of that moment', async () => {
  const { fetch, sent } = scriptedHttp([{ answer: { failure: 'refused' } }, { answer: { text: 'id=7' } }]);
  let signatures = 0;
  const sign = (call: HttpCall, now: number): HttpCall => {
    signatures += 1;
    return { ...call, form: { ...call.form, otp: `${signatures}:${now}` } };
  };
  const { http, clock } = makeHttp({ over: { fetch }, wire: { baseUrl: 'https://api.acme.example', sign } });
  const from = clock.now();
  const answer = await clock.run(http.call({ method: 'POST', path: '/add', form: { name: 'clip' } }));
  expect(answer.text).toBe('id=7');
  expect(signatures).toBe(2);
  expect(sent).toHaveLength(1);
  expect(sent[0]?.body).toBe(new URLSearchParams({ name: 'clip', otp: `2:${clock.now()}` }).toString());
  expect(clock.now()).toBeGreaterThan(from);
});
