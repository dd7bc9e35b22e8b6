import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { boundaryOf, readForm } from '../src/server/multipart-form.js';
import { peekForm } from '../src/uploads/peek-form.js';

const FORM = [
  'a preamble that is nobody’s\r\n',
  '--edge\r\nContent-Disposition: form-data; name="key"\r\n\r\nthe value\r\n',
  '--edge\r\nContent-Disposition: form-data; name="empty"\r\n\r\n\r\n',
  '--edge\r\nContent-Type: text/plain\r\nContent-Disposition: form-data; name="file"; filename="a \\"b\\" %22.mp4"\r\n\r\n',
  'some\r\n--edg\r\n-\r\r\n--edges?\r\n\r\n--ed',
  '\r\n--edge--\r\nan epilogue',
].join('');

function inPieces(text: string, length: number): AsyncIterable<Buffer> {
  const bytes = Buffer.from(text);
  const count = Math.ceil(bytes.length / length);
  return Readable.from(Array.from({ length: count }, (_, at) => bytes.subarray(at * length, (at + 1) * length)));
}

async function read(text: string, length = 7, boundary = 'edge') {
  const parts = [];
  for await (const { bytes, ...head } of readForm(inPieces(text, length), boundary)) {
    const pieces: Buffer[] = [];
    for await (const piece of bytes) pieces.push(piece);
    parts.push({ ...head, text: Buffer.concat(pieces).toString() });
  }
  return parts;
}

describe('a multipart form', () => {
  it.each([1, 2, 3, 5, 8, 13, 64, 100_000])('is read from pieces of %i bytes', async (length) => {
    expect(await read(FORM.replace('--edges?', '--edg_s?'), length)).toEqual([
      { name: 'key', text: 'the value' },
      { name: 'empty', text: '' },
      {
        name: 'file',
        filename: 'a "b" ".mp4',
        contentType: 'text/plain',
        text: 'some\r\n--edg\r\n-\r\r\n--edg_s?\r\n\r\n--ed',
      },
    ]);
  });

  it.each([
    ['ends early', FORM.slice(0, -20)],
    ['never begins', 'nothing'],
    ['has something behind a boundary', '--edge?\r\n'],
    ['has a part without a name', '--edge\r\nContent-Type: text/plain\r\n\r\nx\r\n--edge--'],
    ['has a part without an end of its headers', `--edge\r\n${'x'.repeat(20_000)}`],
  ])('is refused where it %s', async (_name, text) => {
    await expect(read(text, 4096)).rejects.toThrow();
  });

  it.each([
    ['multipart/form-data; boundary=abc', 'abc'],
    ['Multipart/Form-Data; charset=utf-8; boundary="a b"', 'a b'],
    ['multipart/form-data', undefined],
    ['application/json; boundary=abc', undefined],
    [undefined, undefined],
  ])('says its boundary: %s', (contentType, boundary) => {
    expect(boundaryOf(contentType)).toBe(boundary);
  });

  it.each([1, 10, 1000])('can be looked into, and is whole after that: pieces of %i bytes', async (length) => {
    const { fields, key, body } = await peekForm(inPieces(FORM, length));
    expect([fields, key]).toEqual([['key', 'empty', 'file'], 'the value']);
    const pieces: Buffer[] = [];
    for await (const piece of body) pieces.push(piece);
    expect(Buffer.concat(pieces).toString()).toBe(FORM);
  });
});
