import type { HttpRefusal, JsonValue } from '@sluice/core/adapter';
import type { ScriptedAnswer } from '@sluice/core/testing';
import { describe, expect, test } from 'vitest';
import { readRefusal } from '../src/errors.js';
import { nested, rateLimited, started, taken, tooManyAtOnce } from './importly-subject.js';
import { dawn, play } from './play.js';

function refusal(status: number, json: JsonValue | undefined, headers: Record<string, string> = {}): HttpRefusal {
  return { status, json, text: JSON.stringify(json ?? null), header: (name) => headers[name] };
}

function refused(status: number, error: string) {
  return { status, json: { success: false, error } };
}

describe('a start that is refused ends the job at once', () => {
  test.each<[string, { status: number; json: JsonValue }, object]>([
    ['a wrong request', refused(400, 'Invalid url'), { code: 'invalid-request', retry: 'never' }],
    ['an unreachable URL', refused(400, 'URL is unreachable'), { code: 'source-unreachable', retry: 'later' }],
    ['a wrong key', refused(401, 'Invalid API key'), { code: 'auth', retry: 'later' }],
    ['no credits left', refused(402, 'InsufficientCredits'), { code: 'quota', providerCode: 'InsufficientCredits' }],
    [
      'no credits left, without words',
      { status: 402, json: {} },
      { code: 'quota', providerCode: 'InsufficientCredits' },
    ],
    ['nothing there', refused(404, 'Not found'), { code: 'not-found', retry: 'never' }],
  ])('%s', async (_what, answer, expected) => {
    const { error, sent } = await play({ starts: [answer] });
    expect(error).toMatchObject({ status: answer.status, ...expected });
    expect(sent.starts).toHaveLength(1);
  });

  test("with Importly's own words", async () => {
    const { error } = await play({ starts: [{ status: 400, json: { success: false, error: 'Missing url' } }] });
    expect(error?.message).toContain('Missing url');
  });
});

describe('a start that is sent again', () => {
  test('after the hour that a 429 asks for', async () => {
    const { snapshot, sent } = await play({ starts: [rateLimited, started], looks: [taken(nested)] });
    expect(snapshot.state).toBe('completed');
    expect(sent.starts).toHaveLength(2);
    expect(Date.parse(snapshot.startedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(dawn) + 3_600_000);
  });

  test('soon after a 429 about imports at once, which names no time', async () => {
    const { snapshot, sent } = await play({ starts: [tooManyAtOnce, started], looks: [taken(nested)] });
    expect(snapshot.state).toBe('completed');
    expect(sent.starts).toHaveLength(2);
    expect(Date.parse(snapshot.startedAt ?? '')).toBeLessThan(Date.parse(dawn) + 60_000);
  });

  test("after a 500 in Importly's own words, which did nothing", async () => {
    const own: ScriptedAnswer = { status: 500, json: { success: false, error: 'Internal Server Error' } };
    const { snapshot, sent } = await play({ starts: [own, started], looks: [taken(nested)] });
    expect(snapshot.state).toBe('completed');
    expect(sent.starts).toHaveLength(2);
  });
});

test.each<[string, ScriptedAnswer]>([
  ['a 500 that is no JSON', { status: 500, text: '<html>oops</html>' }],
  ["a 500 in somebody else's words", { status: 500, json: { message: 'upstream' } }],
  ['a 502', { status: 502, json: { success: false } }],
  ['a 503', { status: 503, text: '' }],
  ['a 504', { status: 504, text: '' }],
  ['a connection that broke', { failure: 'reset' }],
  ['an answer that was cut', { json: { success: true, data: { jobId: 'abc123' } }, cut: true }],
  ['a page in place of an answer', { text: '<html>Welcome</html>' }],
])('a start answered with %s is not sent again: it may have been taken', async (_what, answer) => {
  const { error, sent } = await play({ starts: [answer, started], looks: [taken(nested)] });
  expect(error).toMatchObject({ code: 'unknown', retry: 'never' });
  expect(sent.starts).toHaveLength(1);
});

test('a look that is refused never fails the job', async () => {
  const looks: ScriptedAnswer[] = [
    { status: 500, json: { success: false, error: 'Internal Server Error' } },
    rateLimited,
    { failure: 'reset' },
    { status: 502, text: '' },
    { status: 404, json: { success: false, error: 'Job not found' } },
    taken(nested),
  ];
  const { snapshot, sent } = await play({ looks });
  expect(snapshot.state).toBe('completed');
  expect(sent.starts).toHaveLength(1);
});

describe('how long a 429 asks to wait', () => {
  const date = 'Fri, 08 Mar 2024 12:00:00 GMT';
  const now = Date.parse(date);
  test.each<[string, JsonValue, number | undefined]>([
    ['by its seconds', { retryAfter: 3_600, reset: now + 5_000 }, 3_600_000],
    ['by its reset in milliseconds', { reset: now + 90_000 }, 90_000],
    ['by its reset in seconds', { reset: now / 1_000 + 90 }, 90_000],
    ['not at all, for a reset that is over', { reset: now - 1 }, 0],
    ['nothing that can be read', { retryAfter: 'soon', reset: null }, undefined],
  ])('%s', (_what, json, retryAfterMs) => {
    expect(readRefusal(refusal(429, json, { date })).retryAfterMs).toBe(retryAfterMs);
  });

  test('nothing, where the answer does not tell its own time', () => {
    expect(readRefusal(refusal(429, { reset: now + 90_000 })).retryAfterMs).toBeUndefined();
  });
});

test.each<[string, JsonValue | undefined]>([
  ['no JSON', undefined],
  ['a text', 'no'],
  ['null', null],
  ['a list', []],
])('a body that is %s leaves everything to the status', (_what, json) => {
  expect(readRefusal(refusal(500, json))).toEqual({});
  expect(readRefusal(refusal(502, json))).toEqual({});
});
