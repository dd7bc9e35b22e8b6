import { describe, expect, it } from 'vitest';
import { parseAssignments } from '../../src/request/assignments.js';
import { parseAge, parseDuration } from '../../src/request/duration.js';
import { readFault } from '../../src/request/fault.js';
import { choicesOf } from '../../src/request/lists.js';
import { positiveNumber, wholeNumber } from '../../src/request/numbers.js';

describe('durations', () => {
  it.each([
    ['500ms', 500],
    ['30s', 30_000],
    ['1.5m', 90_000],
    ['2h', 7_200_000],
    ['596h', 2_145_600_000],
    ['1d', 86_400_000],
  ])('%s is %d ms', (text, milliseconds) => expect(parseDuration(text)).toBe(milliseconds));

  it.each(['', '10', '0s', '-5s', '5 m', '1w', '1e3s', '597h', 'soon'])('%j is none', (text) => {
    expect(() => parseDuration(text)).toThrow('such as 10m');
  });

  it('of the past are of any length', () => {
    expect(parseAge('90d')).toBe(90 * 86_400_000);
    expect(() => parseAge('90')).toThrow('such as 24h or 30d');
  });
});

describe('numbers', () => {
  it('are whole where they must be', () => {
    expect(wholeNumber(0)('0')).toBe(0);
    for (const text of ['', '-1', '1.5', '1e3', '0x10', '9007199254740993', ' 1'])
      expect(() => wholeNumber(0)(text)).toThrow('from 0');
    expect(() => wholeNumber(1)('0')).toThrow('from 1');
    expect(wholeNumber(1, 65_535)('65535')).toBe(65_535);
    expect(() => wholeNumber(1, 65_535)('65536')).toThrow('from 1 to 65535');
  });

  it('are above 0 where they must be', () => {
    expect(positiveNumber('0.5')).toBe(0.5);
    for (const text of ['0', '-1', '', 'Infinity', 'x']) expect(() => positiveNumber(text)).toThrow('above 0');
  });
});

describe('choices', () => {
  it('may be repeated and separated by commas', () => {
    const read = choicesOf(['queued', 'running'] as const);
    expect(read('queued', read('running,queued', undefined))).toEqual(['running', 'queued', 'queued']);
    expect(() => read('queued,done', undefined)).toThrow('queued, running');
  });
});

describe('K=V', () => {
  const read = (...pairs: string[]) => parseAssignments(pairs, { flag: '--option', nested: true });

  it('is JSON where it parses as JSON, else text', () => {
    expect(read('a=1', 'b=true', 'c=text', 'd="1"', 'e=', 'f=[1,2]', 'g={"h":null}', 'i=x=y')).toEqual({
      ...{ a: 1, b: true, c: 'text', d: '1', e: '', f: [1, 2], g: { h: null }, i: 'x=y' },
    });
  });

  it('leads inwards at a dot, for options only', () => {
    expect(read('a.b=1', 'a.c.d=2')).toEqual({ a: { b: 1, c: { d: 2 } } });
    expect(parseAssignments(['a.b=1'], { flag: '--metadata', nested: false })).toEqual({ 'a.b': 1 });
  });

  it.each([
    [['novalue'], '--option takes NAME=VALUE'],
    [['=1'], '--option takes NAME=VALUE'],
    [['a=1', 'a=2'], '--option a: is given twice'],
    [['a=1', 'a.b=2'], '--option a.b: is given twice'],
    [['a.b=1', 'a=2'], '--option a: is given twice'],
    [['a..b=1'], '--option a..b: is no name'],
    [['__proto__.x=1'], '--option __proto__.x: is no name'],
  ])('refuses %j', (pairs, message) => expect(() => read(...pairs)).toThrow(message));
});

describe('faults', () => {
  it('are short or in JSON', () => {
    expect(readFault('start:lost-answer')).toEqual({ on: 'start', kind: 'lost-answer' });
    expect(readFault('start:lost-answer:2')).toEqual({ on: 'start', kind: 'lost-answer', times: 2 });
    expect(readFault('status:error-502:12.5%')).toEqual({ on: 'status', kind: 'error-502', probability: 0.125 });
    expect(readFault('{"on":"start","kind":"latency"}')).toEqual({ on: 'start', kind: 'latency' });
    expect(() => readFault('lost answers')).toThrow('--fault takes POINT:KIND[:TIMES]');
  });
});
