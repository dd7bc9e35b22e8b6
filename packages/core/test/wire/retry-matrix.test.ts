import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { SluiceError } from '../../src/model/error.js';
import type { CallEffect, Wire } from '../../src/model/http.js';
import { type ScriptedAnswer, scriptedHttp } from '../../src/testing/scripted-http.js';
import { makeHttp } from '../support/http.js';

const effects: CallEffect[] = ['none', 'repeatable', 'once'];
const mostAttempts = 3;

/** An adapter that knows one refusal by its body: the provider looked at the request and did nothing. */
const wire: Wire = {
  baseUrl: 'https://api.acme.example',
  readError: ({ json }) => (JSON.stringify(json)?.includes('nothing done') === true ? { refused: true } : {}),
};

async function failWith(answer: ScriptedAnswer, effect: CallEffect) {
  let asked = 0;
  const script = scriptedHttp(() => {
    asked += 1;
    return answer;
  });
  const { http, clock } = makeHttp({ over: script, wire });
  const began = clock.now();
  const call = http.call({ method: effect === 'none' ? 'GET' : 'POST', path: '/import', effect });
  const error = await clock.run(
    call.then(
      () => expect.fail('it succeeded'),
      (thrown: unknown) => thrown,
    ),
  );
  if (!SluiceError.is(error)) throw error;
  return { error, attempts: asked, waitedMs: clock.now() - began, asleep: clock.sleeping };
}

/** For each failure: its code, whether it is sure that nothing was done, and whether trying again at once may help. */
const failures: [string, ScriptedAnswer, { code: string; sure: boolean; again: boolean }][] = [
  ['never connected', { failure: 'refused' }, { code: 'unavailable', sure: true, again: true }],
  ['reset', { failure: 'reset' }, { code: 'unavailable', sure: false, again: true }],
  ['cut in the body', { json: { a: 1 }, cut: true }, { code: 'unavailable', sure: false, again: true }],
  ['no answer in time', { failure: 'silent' }, { code: 'timeout', sure: false, again: false }],
  ['429 with a short wait', refusal(429, { 'retry-after': '0.5' }), { code: 'rate-limited', sure: true, again: true }],
  ['429 with a long wait', refusal(429, { 'retry-after': '3' }), { code: 'rate-limited', sure: true, again: false }],
  ['429 without a time', refusal(429), { code: 'rate-limited', sure: true, again: false }],
  ['500', refusal(500), { code: 'unavailable', sure: false, again: true }],
  ['500 refused', { status: 500, json: { error: 'nothing done' } }, { code: 'unavailable', sure: true, again: true }],
  [
    '502 of a gateway',
    { status: 502, text: '<html>Bad gateway</html>' },
    { code: 'unavailable', sure: false, again: true },
  ],
  ['503 with a long wait', refusal(503, { 'retry-after': '60' }), { code: 'unavailable', sure: false, again: false }],
  ['408', refusal(408), { code: 'timeout', sure: false, again: false }],
  ['400', refusal(400), { code: 'invalid-request', sure: true, again: false }],
  ['401', refusal(401), { code: 'auth', sure: true, again: false }],
  ['402', refusal(402), { code: 'quota', sure: true, again: false }],
  ['404', refusal(404), { code: 'not-found', sure: true, again: false }],
  ['409', refusal(409), { code: 'conflict', sure: true, again: false }],
  ['a redirect', refusal(302, { location: 'https://other.example/' }), { code: 'protocol', sure: true, again: false }],
];

function refusal(status: number, headers: Record<string, string> = {}): ScriptedAnswer {
  return { status, headers, json: { error: 'no' } };
}

describe.each(failures)('%s', (_name, answer, { code, sure, again }) => {
  it.each(effects)('of a call with effect %s', async (effect) => {
    const { error, attempts, asleep } = await failWith(answer, effect);
    const mayRepeat = again && (effect !== 'once' || sure);
    expect(error.code).toBe(code);
    expect(attempts).toBe(mayRepeat ? mostAttempts : 1);
    expect(error.ambiguous).toBe(effect === 'once' && !sure ? true : undefined);
    expect(error.provider).toBe('acme');
    expect(asleep).toBe(0);
  });
});

describe('a port that fetch never connects to', () => {
  it('is sure to have got nothing, also from a call that is made once', async () => {
    const refusal: unknown = await fetch('http://127.0.0.1:9/').catch((thrown: unknown) => thrown);
    const { http, clock } = makeHttp({ over: { fetch: () => Promise.reject(refusal) }, wire });
    const call = http.call({ method: 'POST', path: '/import', effect: 'once' });
    const error = await clock.run(call.catch((thrown: unknown) => thrown));
    const message = expect.stringContaining('fetch refuses this port');
    expect(error).toMatchObject({ code: 'unavailable', retry: 'never', message });
    expect(error).not.toHaveProperty('ambiguous', true);
  });
});

describe('an answer that is no JSON', () => {
  it.each(effects)('to a call with effect %s', async (effect) => {
    const script = scriptedHttp([{ answer: { text: '<html>' } }]);
    const { http, clock } = makeHttp({ over: script });
    const answer = await clock.run(http.call({ method: 'POST', path: '/import', effect }));
    const read = () => answer.parse(expectNothing);
    expect(read).toThrow('acme: the answer (HTTP 200) is no JSON');
    expect(thrownBy(read)).toMatchObject({ code: 'protocol', retry: 'never', status: 200 });
    expect(thrownBy(read).ambiguous).toBe(effect === 'once' ? true : undefined);
    script.assertDone();
  });
});

describe('how long the wire waits', () => {
  it('for what it was told, at least', async () => {
    const { waitedMs } = await failWith(refusal(429, { 'retry-after': '0.9' }), 'none');
    expect(waitedMs).toBe(1_800);
  });

  it('no longer than 2 s in all: the rest is the record’s due time, which the error names', async () => {
    const { attempts, waitedMs, error } = await failWith(refusal(429, { 'retry-after': '1.5' }), 'none');
    expect(attempts).toBe(2);
    expect(waitedMs).toBe(1_500);
    expect(error).toMatchObject({ retryAfterMs: 1_500, retry: 'later' });
  });

  it('a little also when it is told "at once", or it would be three calls in no time', async () => {
    const { attempts, waitedMs } = await failWith(refusal(429, { 'retry-after': '0' }), 'none');
    expect(attempts).toBe(mostAttempts);
    expect(waitedMs).toBeGreaterThan(0);
  });

  it('503 names its time to the record as 429 does', async () => {
    const { error } = await failWith(refusal(503, { 'retry-after': '60' }), 'none');
    expect(error).toMatchObject({ code: 'unavailable', retryAfterMs: 60_000 });
  });
});

describe('a repeated attempt', () => {
  it('asks for its place in the window after the wait, right before it is sent', async () => {
    const admittedAt: number[] = [];
    const script = scriptedHttp((_request, number) =>
      number === 0 ? refusal(429, { 'retry-after': '1' }) : { json: {} },
    );
    const { http, clock } = makeHttp({
      over: script,
      admit: async () => {
        admittedAt.push(clock.now());
        return true;
      },
    });
    const began = clock.now();
    await clock.run(http.call({ method: 'GET', path: '/status' }));
    expect(admittedAt).toEqual([began + 1_000]);
  });

  it('is not sent when its window is full', async () => {
    const script = scriptedHttp([{ answer: refusal(503) }]);
    const { http, clock } = makeHttp({ over: script, admit: async () => false });
    await expect(clock.run(http.call({ method: 'GET', path: '/status' }))).rejects.toMatchObject({ status: 503 });
    script.assertDone();
  });

  it('that counts is not sent when the lease is gone, and nothing is in doubt then', async () => {
    let held = true;
    const script = scriptedHttp([{ answer: { failure: 'refused' } }]);
    const { http, clock } = makeHttp({
      over: script,
      assertCurrent: () => {
        if (!held) throw new SluiceError({ code: 'aborted', message: 'lost' });
        held = false;
      },
    });
    const error = await clock.run(http.call({ method: 'POST', path: '/import' }).catch((thrown: unknown) => thrown));
    expect(error).toMatchObject({ code: 'aborted' });
    expect(error).not.toHaveProperty('ambiguous');
  });
});

const expectNothing = z.object({});

function thrownBy(work: () => unknown): SluiceError {
  try {
    work();
  } catch (error) {
    if (SluiceError.is(error)) return error;
  }
  throw new Error('it threw none of ours');
}
