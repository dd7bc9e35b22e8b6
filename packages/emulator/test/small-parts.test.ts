import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { safePath, safeUrl } from '../src/log/redact.js';
import { AwsChunkedDecoder } from '../src/object-store/aws-chunked.js';
import { parseByteRange } from '../src/server/byte-range.js';
import { SlidingWindow } from '../src/server/sliding-window.js';

describe('a byte range', () => {
  it.each([
    ['bytes=0-0', { start: 0, end: 0 }],
    ['bytes=3-', { start: 3, end: 9 }],
    ['bytes=3-99', { start: 3, end: 9 }],
    ['bytes=-4', { start: 6, end: 9 }],
    ['bytes=-99', { start: 0, end: 9 }],
    ['bytes=10-', 'unsatisfiable'],
    ['bytes=-0', 'unsatisfiable'],
    ['bytes=5-4', undefined],
    ['bytes=0-1,4-5', undefined],
    ['bytes=-', undefined],
    ['items=0-1', undefined],
    [undefined, undefined],
  ])('%s of ten bytes', (header, range) => {
    expect(parseByteRange(header, 10)).toEqual(range);
  });
});

describe('aws-chunked', () => {
  const decode = async (text: string, pieceLength: number) => {
    const pieces = text.match(new RegExp(`[^]{1,${pieceLength}}`, 'g')) ?? [];
    const decoder = new AwsChunkedDecoder();
    const bytes: Buffer[] = [];
    for await (const chunk of decoder.decode(Readable.from(pieces.map((piece) => Buffer.from(piece)))))
      bytes.push(chunk);
    return [Buffer.concat(bytes).toString(), Object.fromEntries(decoder.trailers)];
  };
  const body = '5\r\nhello\r\nb\r\n, \r\nthe end\r\n0\r\nx-amz-checksum-crc32:AAAA==\r\nOther: b\r\n\r\n';

  it.each([1, 2, 3, 7, 1000])('is decoded from pieces of %i bytes', async (pieceLength) => {
    const trailers = { 'x-amz-checksum-crc32': 'AAAA==', other: 'b' };
    expect(await decode(body, pieceLength)).toEqual(['hello, \r\nthe end', trailers]);
  });

  it.each([
    ['a body that ends early', body.slice(0, 20)],
    ['a missing end of the trailer', body.slice(0, -2)],
    ['bytes behind the end', `${body}x`],
    ['a length that is none', 'zz\r\n'],
    ['a chunk longer than it says', '1\r\nab\r\n'],
    ['a bare line feed', '1\na'],
    ['a trailer that is no header', '0\r\nnothing\r\n\r\n'],
  ])('is refused with %s', async (_name, text) => {
    await expect(decode(text, 4)).rejects.toMatchObject({ code: 'IncompleteBody' });
  });
});

describe('a sliding window', () => {
  it('counts what came within its length, and remembers the most', () => {
    const window = new SlidingWindow(100);
    for (const time of [0, 10, 20]) window.add(time);
    expect(window.count(99)).toBe(3);
    expect(window.resetAt(99)).toBe(100);
    expect(window.count(100)).toBe(2);
    expect(window.count(120)).toBe(0);
    expect(window.resetAt(120)).toBe(220);
    window.add(121);
    expect(window.peak).toBe(3);
  });

  it('stays right over very many events', () => {
    const window = new SlidingWindow(10);
    for (let time = 0; time < 50_000; time += 1) window.add(time);
    expect(window.count(49_999)).toBe(10);
    expect(window.peak).toBe(10);
  });
});

describe('what a log shows', () => {
  it.each([
    ['https://me:secret@example.com/a/b.mp4?token=1#x', 'https://***@example.com/a/b.mp4?***'],
    ['https://example.com/a', 'https://example.com/a'],
    ['no url', '***'],
  ])('of the URL %s', (url, shown) => {
    expect(safeUrl(url)).toBe(shown);
  });

  it.each([
    ['/import/status?id=abc', '/import/status?id=abc'],
    ['/k?X-Amz-Signature=abc&x-id=GetObject', '/k?X-Amz-Signature=***&x-id=GetObject'],
    ['/metadata?url=https%3A%2F%2Fe.com%2Fa%3Fk%3Ds', '/metadata?url=https://e.com/a?***'],
  ])('of the path %s', (path, shown) => {
    expect(safePath(path)).toBe(shown);
  });
});
