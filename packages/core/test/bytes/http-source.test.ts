import { createHash, randomBytes } from 'node:crypto';
import { startUnrulyHttp, type UnrulyFile, type UnrulyHttp } from '@sluice/test-servers';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { OpenBytes } from '../../src/model/bytes.js';
import type { SourceContext } from '../../src/model/define-source.js';
import { readHttp } from '../../src/platform/node-bytes/read-http.js';
import { httpSource } from '../../src/wire/http-source/http-source.js';
import { overFetch } from '../../src/wire/http-source/over-fetch.js';
import { platformFetch } from '../support/servers.js';

const bytes = randomBytes(3_000_000);
let server: UnrulyHttp;

beforeAll(async () => {
  server = await startUnrulyHttp();
});
afterAll(() => server.stop());

let counter = 0;

/** A file at a URL of its own. */
function put(file: Partial<UnrulyFile> = {}): string {
  counter += 1;
  const path = `/clip-${counter}.mp4`;
  server.files.set(path, { bytes, ...file });
  return `${server.url}${path}`;
}

function asked(url: string) {
  return server.asked.filter(({ path }) => path === new URL(url).pathname);
}

/** As on Node, or as in every other runtime. */
let ownConnections = false;

function reader() {
  return httpSource({ fetch: overPlatform(), timeoutMs: 20_000 });
}

function overPlatform() {
  return overFetch(platformFetch({ guarded: false }));
}

function context(more: Partial<SourceContext> = {}): SourceContext {
  return {
    signal: new AbortController().signal,
    resolve: async (host) => host,
    fetch: globalThis.fetch,
    read: ownConnections ? readHttp({ otherwise: overPlatform() }) : overPlatform(),
    network: {},
    idleTimeoutMs: 10_000,
    ...more,
  };
}

async function open(url: string, more: Partial<SourceContext> = {}): Promise<OpenBytes> {
  const opened = await reader().open(url, context(more));
  onTestFinished(() => opened.close());
  return opened;
}

/** Reads forward from a position to the end. */
async function readFrom(opened: OpenBytes, position: number, piece = 400_000): Promise<Buffer> {
  const target = Buffer.alloc(opened.size - position);
  let filled = 0;
  for (;;) {
    const length = await opened.read(target.subarray(filled, filled + piece), position + filled);
    filled += length;
    if (filled === target.byteLength || length === 0) break;
  }
  expect(await opened.read(Buffer.alloc(1), opened.size)).toBe(0);
  return target;
}

const digest = (content: Uint8Array) => createHash('sha256').update(content).digest('hex');

describe('what a server tells of a file', () => {
  it.each<[string, Partial<UnrulyFile>, string[]]>([
    ['by HEAD', {}, ['HEAD']],
    ['where HEAD is not allowed', { head: 'not-allowed' }, ['HEAD', 'GET bytes=0-0']],
    ['where HEAD is forbidden, as with presigned URLs', { head: 'forbidden' }, ['HEAD', 'GET bytes=0-0']],
    ['where HEAD breaks the connection', { head: 'reset' }, ['HEAD', 'GET bytes=0-0']],
    ['where there is neither HEAD nor a range', { head: 'not-allowed', ranges: false }, ['HEAD', 'GET bytes=0-0']],
    ['of an empty file', { bytes: new Uint8Array(), head: 'not-allowed' }, ['HEAD', 'GET bytes=0-0']],
  ])('its size, %s', async (_how, file, requests) => {
    const url = put(file);
    expect(await reader().look(url, context())).toMatchObject({ size: (file.bytes ?? bytes).byteLength });
    expect(asked(url).map(({ method, range }) => [method, range].join(' ').trim())).toEqual(requests);
  });

  it.each<[string, Partial<UnrulyFile>]>([
    ['nothing tells it', { length: 'untold', ranges: false }],
    ['it compresses all that it sends', { gzip: true, head: 'not-allowed' }],
  ])('no size where %s', async (_how, file) => {
    expect(await reader().look(put(file), context())).not.toHaveProperty('size');
  });

  it.each([
    ['a strong ETag', { etag: '"v1"', lastModified: 'Tue, 24 Nov 2026 10:00:00 GMT' }, 'etag "v1"'],
    [
      'the date where the ETag is a weak one',
      { etag: 'W/"v1"', lastModified: 'Tue, 24 Nov 2026 10:00:00 GMT' },
      'size 3000000, modified Tue, 24 Nov 2026 10:00:00 GMT',
    ],
    ['the size where there is no more', {}, 'size 3000000'],
  ])('what it is recognised by: %s', async (_what, file, fingerprint) => {
    expect(await reader().look(put(file), context())).toMatchObject({ fingerprint });
  });

  it.each([
    { status: 404, code: 'source-unreachable', retry: 'never', words: 'is not there (HTTP 404)' },
    { status: 401, code: 'auth', retry: 'later', words: 'refuses access (HTTP 401)' },
    { status: 503, code: 'source-unreachable', retry: 'later', words: 'cannot be read (HTTP 503)' },
    { status: 400, code: 'source-unreachable', retry: 'never', words: 'cannot be read (HTTP 400)' },
  ])('an error for $status', async ({ status, code, retry, words }) => {
    const url = put({ status });
    const secret = `${url.replace('://', '://user:hush-hush@')}?token=hush-hush`;
    const error = await reader()
      .look(secret, context())
      .catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code, retry, message: expect.stringContaining(words) });
    expect(String(error)).not.toContain('hush-hush');
  });

  it('follows redirects, with the credentials of each place alone', async () => {
    const credentials = { username: 'käthe', password: '100%' };
    const guarded = put({ credentials });
    const withPassword = guarded.replace('://', '://k%C3%A4the:100%@');
    const url = put({ redirectTo: withPassword }).replace('://', '://other:secret@');
    expect(await reader().look(url, context())).toMatchObject({ size: bytes.byteLength });
    expect(asked(guarded).map(({ authorization }) => authorization)).toEqual([
      `Basic ${Buffer.from('käthe:100%').toString('base64')}`,
    ]);
  });

  it('ends a redirect that leads to itself', async () => {
    const url = put();
    server.files.set(new URL(url).pathname, { bytes, redirectTo: url });
    await expect(reader().look(url, context())).rejects.toThrow('redirects more than 5 times');
  });

  it('refuses a redirect to a private address', async () => {
    const inside = put();
    const fetch = platformFetch({ guarded: true });
    const asIfPublic: typeof globalThis.fetch = async (input, init) =>
      String(input).includes('public.example')
        ? new Response(null, { status: 302, headers: { location: inside } })
        : fetch(input, init);
    const source = httpSource({ fetch: overFetch(asIfPublic), timeoutMs: 20_000 });
    await expect(source.look('https://public.example/clip.mp4', context())).rejects.toThrow(
      'set network.allowPrivateAddresses',
    );
    expect(asked(inside)).toEqual([]);
  });
});

describe.each(['over fetch', 'over connections of its own'])('what is read of it, %s', (how) => {
  beforeEach(() => {
    ownConnections = how !== 'over fetch';
  });

  it.each<[string, Partial<UnrulyFile>]>([
    ['a server that does all', {}],
    ['one without ranges', { ranges: false }],
    ['one without HEAD', { head: 'not-allowed' }],
    ['one that resets the connection in the middle', { resetAt: 1_000_000, resets: 2 }],
    ['one without ranges that resets the connection', { ranges: false, resetAt: 1_000_000, resets: 1 }],
    ['one that tells no length', { length: 'untold' }],
    ['one that tells no length and has no ranges', { length: 'untold', ranges: false }],
    ['one that compresses', { gzip: true, head: 'not-allowed' }],
    ['one that is slow', { slowMs: 2 }],
  ])('is what is there: %s', async (_what, file) => {
    const opened = await open(put(file), { expectedSize: bytes.byteLength });
    expect(opened.size).toBe(bytes.byteLength);
    expect(digest(await readFrom(opened, 0))).toBe(digest(bytes));
    // What was read can be read again, from wherever.
    expect(digest(await readFrom(opened, 2_500_000))).toBe(digest(bytes.subarray(2_500_000)));
    expect(await opened.look()).toEqual({ size: opened.size, fingerprint: opened.fingerprint });
  });

  it('costs one request for each reader that reads forward', async () => {
    const url = put({ etag: '"v1"' });
    const opened = await open(url);
    const starts = [0, 1_000_000, 2_000_000];
    for (let done = 0; done < 1_000_000; done += 250_000) {
      await Promise.all(
        starts.map(async (start) => {
          const target = Buffer.alloc(250_000);
          expect(await opened.read(target, start + done)).toBe(250_000);
          expect(target.equals(bytes.subarray(start + done, start + done + 250_000))).toBe(true);
        }),
      );
    }
    expect(asked(url).map(({ method, range, ifRange }) => [method, range, ifRange])).toEqual([
      ['HEAD', undefined, undefined],
      ['GET', undefined, undefined],
      ['GET', 'bytes=1000000-', '"v1"'],
      ['GET', 'bytes=2000000-', '"v1"'],
    ]);
  });

  it('asks for the size where nobody tells it', async () => {
    const opening = open(put({ length: 'untold', ranges: false }));
    await expect(opening).rejects.toMatchObject({ code: 'unsupported', message: /give it as expect\.size$/ });
  });

  it.each<{ how: string; file: Partial<UnrulyFile>; code: string; message: RegExp }>([
    {
      how: 'is truncated',
      file: { truncatedAt: 1_000_000 },
      code: 'source-unreachable',
      message: /after 1000000 of 3000000 bytes, again and again/,
    },
    {
      how: 'is reset for ever',
      file: { resetAt: 1_000_000, resets: 99 },
      code: 'source-unreachable',
      message: /after 1000000 of 3000000 bytes/,
    },
    {
      how: 'is longer than HEAD says',
      file: { headLength: 1_000 },
      code: 'integrity',
      message: /had 1000 bytes and now has 3000000/,
    },
    {
      how: 'is shorter than HEAD says',
      file: { headLength: 4_000_000 },
      code: 'integrity',
      message: /had 4000000 bytes and now has 3000000/,
    },
    {
      how: 'goes on after what HEAD says',
      file: { headLength: 1_000, length: 'untold', ranges: false },
      code: 'integrity',
      message: /goes on after its 1000/,
    },
    {
      how: 'is shorter than it says',
      file: { length: 4_000_000, ranges: false },
      code: 'source-unreachable',
      message: /of 4000000 bytes/,
    },
    {
      how: 'falls silent',
      file: { silentFrom: 1_000_000 },
      code: 'source-unreachable',
      message: /nothing came for 0\.2 s after 1000000/,
    },
  ])('is an error when it $how', async ({ file, code, message }) => {
    const idleTimeoutMs = 'silentFrom' in file ? 200 : 10_000;
    const opened = await open(put(file), { idleTimeoutMs });
    await expect(readFrom(opened, 0)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  it('is an error when it goes on after the size that was given', async () => {
    const opened = await open(put({ length: 'untold', ranges: false }), { expectedSize: 2_000_000 });
    await expect(readFrom(opened, 0)).rejects.toMatchObject({
      code: 'integrity',
      message: expect.stringContaining('goes on after its 2000000 bytes'),
    });
  });

  it('is an error when it ends before the size that was given', async () => {
    const opened = await open(put({ length: 'untold', ranges: false }), { expectedSize: 4_000_000 });
    await expect(readFrom(opened, 0)).rejects.toMatchObject({ message: expect.stringContaining('4000000') });
  });

  it.each<[string, Partial<UnrulyFile>]>([
    ['grows', { becomes: Buffer.concat([bytes, bytes]) }],
    ['shrinks', { becomes: bytes.subarray(0, 1_000_000) }],
    ['becomes another of the same size', { becomes: randomBytes(bytes.byteLength) }],
  ])('is an error at the next stream, and in the look at the end, when it %s', async (_what, file) => {
    const url = put({ etag: '"v1"', ...file });
    const opened = await open(url);
    await opened.read(Buffer.alloc(10), 0);
    const path = new URL(url).pathname;
    const now = server.files.get(path);
    if (now !== undefined) server.files.set(path, { ...now, etag: '"v2"' });
    await expect(opened.read(Buffer.alloc(10), 500_000)).rejects.toMatchObject({ code: 'integrity' });
    expect(await opened.look()).not.toEqual({ size: opened.size, fingerprint: opened.fingerprint });
  });

  it('ends with its connections when it is closed or stopped', async () => {
    const own = await startUnrulyHttp();
    onTestFinished(() => own.stop());
    own.files.set('/clip.mp4', { bytes, slowMs: 5 });
    const none = () => expect.poll(() => own.connections(), { timeout: 5_000 }).toBe(0);
    const closed = await reader().open(`${own.url}/clip.mp4`, context());
    await closed.read(Buffer.alloc(10), 0);
    await closed.close();
    await none();
    const stop = new AbortController();
    const stopped = await reader().open(`${own.url}/clip.mp4`, context({ signal: stop.signal }));
    const reading = stopped.read(Buffer.alloc(bytes.byteLength), 0);
    setTimeout(() => stop.abort(), 50);
    await expect(reading).rejects.toMatchObject({ code: 'aborted' });
    await none();
  });
});
