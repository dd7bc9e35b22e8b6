import { createHash, randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { s3 } from '../src/index.js';
import { fill, type Store, sourceContext, urlOf } from './support.js';

const bytes = randomBytes(3_000_000);
const digest = (content: Uint8Array) => createHash('sha256').update(content).digest('hex');

/** What holds of objects as sources, at every store. */
export function sourceSuite(theStore: () => Store): void {
  const key = 'a folder/clip one+two.mp4';
  let store: Store;
  const source = () => s3({ region: store.region, endpoints: { [new URL(store.endpoint).host]: { tls: false } } });

  beforeAll(async () => {
    store = theStore();
    await fill(store, { [key]: bytes, 'empty.mp4': new Uint8Array() });
  });

  describe('an object', () => {
    it('tells its size and what it is recognised by', async () => {
      const md5 = createHash('md5').update(bytes).digest('hex');
      const state = { size: bytes.byteLength, fingerprint: `etag "${md5}"` };
      expect(await source().look(urlOf(store, key), sourceContext())).toMatchObject(state);
      expect(await source().look(urlOf(store, 'empty.mp4'), sourceContext())).toMatchObject({ size: 0 });
    });

    it('tells it too where HEAD is refused', async () => {
      const noHead: typeof fetch = async (input, init) =>
        init?.method === 'HEAD' ? new Response(null, { status: 403 }) : fetch(input, init);
      const context = sourceContext({ fetch: noHead });
      expect(await source().look(urlOf(store, key), context)).toMatchObject({ size: bytes.byteLength });
      expect(await source().look(urlOf(store, 'empty.mp4'), context)).toMatchObject({ size: 0 });
    });

    it('is read from any position', async () => {
      const opened = await source().open(urlOf(store, key), sourceContext());
      onTestFinished(() => opened.close());
      const whole = Buffer.alloc(bytes.byteLength);
      for (let position = 0; position < whole.byteLength; position += 1_000_000) {
        expect(await opened.read(whole.subarray(position, position + 1_000_000), position)).toBe(1_000_000);
      }
      expect(digest(whole)).toBe(digest(bytes));
      const tail = Buffer.alloc(100);
      expect(await opened.read(tail, bytes.byteLength - 50)).toBe(50);
      expect(tail.subarray(0, 50).equals(bytes.subarray(-50))).toBe(true);
      expect(await opened.look()).toMatchObject({ size: opened.size, fingerprint: opened.fingerprint });
    });

    it('is looked at by fetch, and its content read by what is faster', async () => {
      const asked: string[] = [];
      const { fetch, read } = sourceContext();
      const context = sourceContext({
        fetch: (input, init) => {
          asked.push(`fetch ${init?.method}`);
          return fetch(input, init);
        },
        read: (request) => {
          asked.push(`read ${request.method} ${request.headers.range ?? ''}`.trim());
          return read(request);
        },
      });
      const opened = await source().open(urlOf(store, key), context);
      onTestFinished(() => opened.close());
      await opened.read(Buffer.alloc(10), 0);
      await opened.read(Buffer.alloc(10), 1_000);
      expect(asked).toEqual(['fetch HEAD', 'read GET', 'read GET bytes=1000-']);
    });

    it('that is overwritten while it is read is an error', async () => {
      await fill(store, { 'changing.mp4': bytes });
      const opened = await source().open(urlOf(store, 'changing.mp4'), sourceContext());
      onTestFinished(() => opened.close());
      await opened.read(Buffer.alloc(10), 0);
      await fill(store, { 'changing.mp4': bytes.subarray(0, 2_000_000) });
      await expect(opened.read(Buffer.alloc(10), 1_000)).rejects.toMatchObject({ code: 'integrity' });
      expect(await opened.look()).not.toMatchObject({ fingerprint: opened.fingerprint });
    });

    it('can be fetched by anybody under a presigned URL, which lives seven days at most', async () => {
      const url = (await source().presign?.(urlOf(store, key), { expiresInMs: 90 * 24 * 3_600_000 })) ?? '';
      expect(new URL(url).searchParams.get('X-Amz-Expires')).toBe(String(7 * 24 * 3_600));
      expect(digest(new Uint8Array(await (await fetch(url)).arrayBuffer()))).toBe(digest(bytes));
      const part = await fetch(url, { headers: { range: 'bytes=0-0' } });
      expect(part.headers.get('content-range')).toBe(`bytes 0-0/${bytes.byteLength}`);
      expect(url).not.toContain(store.secretAccessKey);
    });

    it('stops with its signal', async () => {
      const stop = new AbortController();
      const opened = await source().open(urlOf(store, key), sourceContext({ signal: stop.signal }));
      onTestFinished(() => opened.close());
      await opened.read(Buffer.alloc(10), 0);
      stop.abort();
      await expect(opened.read(Buffer.alloc(10), 10)).rejects.toMatchObject({ code: 'aborted' });
    });
  });

  it.each([
    {
      what: 'a key that is not there',
      url: () => urlOf(store, 'nothing.mp4'),
      error: { code: 'source-unreachable', retry: 'never', providerCode: 'NoSuchKey' },
    },
    {
      what: 'a bucket that is not there',
      url: () => urlOf(store, key).replace('/media/', '/Media/'),
      error: { code: 'source-unreachable', retry: 'never', providerCode: 'NoSuchBucket' },
    },
    {
      what: 'a wrong secret',
      url: () => urlOf({ ...store, secretAccessKey: 'something-wrong' }, key),
      error: { code: 'auth', providerCode: 'SignatureDoesNotMatch' },
    },
    {
      what: 'a wrong access key',
      url: () => urlOf({ ...store, accessKeyId: 'SOMEBODYELSE' }, key),
      error: { code: 'auth', providerCode: 'InvalidAccessKeyId' },
    },
    {
      what: 'no keys',
      url: () => urlOf(store, key).replace(/\/\/[^@]*@/, '//'),
      error: { code: 'auth', providerCode: 'AccessDenied' },
    },
  ])('$what is said so', async ({ url, error }) => {
    const failure = await source()
      .look(url(), sourceContext())
      .catch((caught: unknown) => caught);
    expect(failure).toMatchObject(error);
    expect(String(failure)).not.toContain(store.secretAccessKey);
    expect(String(failure)).not.toContain(store.accessKeyId);
  });
}
