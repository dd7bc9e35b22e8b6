import { describe, expect, it } from 'vitest';
import { formatBytes, formatClock, formatDistance, formatDuration } from '../../src/output/format.js';
import { cutEnd, cutMiddle, padEnd, printable, width } from '../../src/output/text.js';

describe('texts from outside', () => {
  it('cannot move the cursor, color the screen, or turn the writing around', () => {
    expect(printable('a\x1b[2J\nb\u202Egnp.exe\x07')).toBe('a\uFFFD[2J\uFFFDb\uFFFDgnp.exe\uFFFD');
    expect(printable('Ünïcode 日本 👩‍🚀')).toBe('Ünïcode 日本 👩‍🚀');
  });

  it('are as wide as a terminal draws them', () => {
    expect(width('clip.mp4')).toBe(8);
    expect(width('日本.mp4')).toBe(8);
    expect(width('e\u0301')).toBe(1);
    expect(width('👩‍🚀')).toBe(2);
  });

  it('are cut to columns, never in the middle of a character', () => {
    expect(cutEnd('abcdef', 4)).toBe('abc…');
    expect(cutEnd('日本語', 4)).toBe('日…');
    expect(cutEnd('abc', 0)).toBe('');
    expect(cutMiddle('folder/of/things/clip.mp4', 12)).toBe('fold…lip.mp4');
    expect(cutMiddle('日本語の映画.mp4', 10)).toBe('日…画.mp4');
    expect(padEnd('日本', 6)).toBe('日本  ');
  });
});

describe('figures', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1_000, '1.0 kB'],
    [5_242_880, '5.2 MB'],
    [123_456_789, '123 MB'],
    [2_100_000_000, '2.1 GB'],
  ])('%d bytes are %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));

  it.each([
    [400, '0 s'],
    [59_000, '59 s'],
    [63_000, '1m 03s'],
    [7_500_000, '2h 05m'],
    [-5, '0 s'],
  ])('%d ms are %s', (milliseconds, text) => expect(formatDuration(milliseconds)).toBe(text));

  it('tells lengths and distances', () => {
    expect(formatClock(9.6)).toBe('0:10');
    expect(formatClock(3_723)).toBe('1:02:03');
    expect(formatDistance(7 * 86_400_000)).toBe('7 days');
    expect(formatDistance(-60_000)).toBe('1 minute');
  });
});
