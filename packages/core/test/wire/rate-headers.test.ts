import { describe, expect, it } from 'vitest';
import { boundedWait, readRate } from '../../src/wire/rate.js';

const now = Date.UTC(2026, 0, 1, 12);
const day = 24 * 3_600_000;

function read(headers: Record<string, string>, at = now) {
  return readRate((name) => headers[name], at);
}

function httpDate(offsetMs: number): string {
  return new Date(now + offsetMs).toUTCString();
}

describe('Retry-After', () => {
  it.each([
    ['seconds', '7', 7_000],
    ['a fraction of a second', '0.5', 500],
    ['nothing at all', '0', 0],
    ['a negative number', '-3', 0],
    ['blanks around it', ' 7 ', 7_000],
    ['a date', httpDate(90_000), 90_000],
    ['a date that has passed', httpDate(-90_000), 0],
    ['a date in ISO 8601', new Date(now + 90_000).toISOString(), 90_000],
    ['the old form of a date', 'Thursday, 01-Jan-26 12:01:30 GMT', 90_000],
  ])('may be %s', (_what, value, expected) => {
    expect(read({ 'retry-after': value }).retryAfterMs).toBe(expected);
  });

  it.each(['', '   ', 'soon', '5 seconds', '120, 120', 'May', 'NaN'])('"%s" says nothing', (value) => {
    expect(read({ 'retry-after': value })).toEqual({});
  });

  it('a date counts by the server’s own clock, however wrong that or ours is', () => {
    const skew = 3 * 3_600_000;
    const headers = { 'retry-after': httpDate(skew + 20_000), date: httpDate(skew) };
    expect(read(headers).retryAfterMs).toBe(20_000);
    expect(read(headers, now - 5 * day).retryAfterMs).toBe(20_000);
  });

  it.each(['1e308', '99999999999999999999', 'Fri, 01 Jan 9999 00:00:00 GMT'])(
    'a wait that no calendar holds stops nobody for more than a day (%s)',
    (value) => {
      expect(read({ 'retry-after': value }).retryAfterMs).toBe(day);
    },
  );
});

describe('the rate headers', () => {
  it.each([
    ['a delay in seconds', '30'],
    ['a Unix time in seconds', String((now + 30_000) / 1_000)],
    ['a Unix time in milliseconds', String(now + 30_000)],
  ])('reset as %s', (_what, value) => {
    expect(read({ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': value })).toEqual({ exhaustedForMs: 30_000 });
    expect(read({ 'ratelimit-remaining': '0', 'ratelimit-reset': value })).toEqual({ exhaustedForMs: 30_000 });
  });

  it('count by the server’s own clock', () => {
    const headers = {
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': String(now / 1_000 + 30),
      date: httpDate(-3_600_000),
    };
    expect(read(headers).exhaustedForMs).toBe(3_630_000);
  });

  it.each([
    ['something is left', { 'x-ratelimit-remaining': '1', 'x-ratelimit-reset': '30' }],
    ['nobody says how much is left', { 'x-ratelimit-reset': '30' }],
    ['nobody says until when', { 'x-ratelimit-remaining': '0' }],
    ['the reset is no number', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': 'tomorrow' }],
  ])('say nothing when %s', (_what, headers) => {
    expect(read(headers)).toEqual({});
  });

  it('a reset in the past is now, one in years is tomorrow', () => {
    const reset = (value: number) => read({ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(value) });
    expect(reset(now / 1_000 - 60).exhaustedForMs).toBe(0);
    expect(reset(-5).exhaustedForMs).toBe(0);
    expect(reset(now + 900 * day).exhaustedForMs).toBe(day);
  });
});

it('a wait is bounded, and what is no number is no wait', () => {
  expect([undefined, Number.NaN, -1, 5, Number.POSITIVE_INFINITY].map(boundedWait)).toEqual([
    undefined,
    undefined,
    0,
    5,
    day,
  ]);
});
