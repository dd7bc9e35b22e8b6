import { randomBytes } from 'node:crypto';
import type { ArrivedPart, JsonValue, SignedPart } from '@sluice/core/adapter';
import { beforeAll, describe, expect, it } from 'vitest';
import { s3Bucket, s3Staging } from '../src/index.js';
import { bucket, fill, type Store, stagingContext } from './support.js';

const mebibyte = 1024 * 1024;
const context = stagingContext();

async function send(part: SignedPart | undefined, body: Uint8Array): Promise<ArrivedPart> {
  if (part === undefined) throw new Error('the part was not signed');
  const answer = await fetch(part.url, { method: 'PUT', body: new Uint8Array(body) });
  expect(answer.status).toBe(200);
  return { number: part.number, etag: answer.headers.get('etag') ?? '', size: body.byteLength };
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

/** What holds of a bucket to stage in, at every store. */
export function stagingSuite(theStore: () => Store): void {
  let store: Store;
  const staging = (more: object = {}) => {
    const { endpoint, region, accessKeyId, secretAccessKey } = store;
    return s3Staging({ endpoint, region, accessKeyId, secretAccessKey, bucket, ...more });
  };

  beforeAll(async () => {
    store = theStore();
    await fill(store, {});
  });

  describe('a bucket to stage in', () => {
    it('takes an object in parts, hands it out, and lets it go', async () => {
      const content = randomBytes(20 * mebibyte);
      const place = staging();
      const begun = await place.begin(
        { name: 'job-1/clip.mp4', size: content.byteLength, contentType: 'video/mp4' },
        context,
      );
      expect(begun).toMatchObject({ partSize: 16 * mebibyte, uploaded: { key: 'sluice-staging/job-1/clip.mp4' } });
      expect(begun.first.map(({ number }) => number)).toEqual([1, 2]);
      const one = await send(begun.first[0], content.subarray(0, 16 * mebibyte));
      expect(await place.list(begun.session, context)).toEqual([one]);
      const [again] = await place.sign(begun.session, [2], context);
      const two = await send(again, content.subarray(16 * mebibyte));
      expect((await all(place.openUploads(context))).map(({ session }) => session)).toContainEqual(begun.session);
      expect(await place.look(begun.uploaded, context)).toBeUndefined();
      await place.complete(begun.session, [one, two], context);
      expect(await place.look(begun.uploaded, context)).toEqual({ size: content.byteLength });
      const fetched = await fetch(await place.presign(begun.uploaded, { expiresInMs: 60_000 }));
      expect(fetched.headers.get('content-type')).toBe('video/mp4');
      expect(content.equals(Buffer.from(await fetched.arrayBuffer()))).toBe(true);
      const [listed] = (await all(place.objects(context))).filter(({ name }) => name.endsWith('job-1/clip.mp4'));
      expect(listed).toMatchObject({ object: begun.uploaded, size: content.byteLength });
      expect(Math.abs((listed?.modifiedAt ?? 0) - Date.now())).toBeLessThan(600_000);
      await place.remove(begun.uploaded, context);
      await place.remove(begun.uploaded, context);
      expect(await place.look(begun.uploaded, context)).toBeUndefined();
    });

    it('knows an object again by its mark, and lists the uploads of one name alone', async () => {
      const { endpoint, region, accessKeyId, secretAccessKey } = store;
      const place = s3Bucket({ endpoint, region, accessKeyId, secretAccessKey, bucket });
      const content = randomBytes(1_000);
      const other = await place.begin({ name: 'marked.mp4.part', size: 1 }, context);
      const { session, first, uploaded } = await place.begin({ name: 'marked.mp4', size: 1_000, mark: 'abc' }, context);
      expect(uploaded).toEqual(place.object('marked.mp4'));
      expect((await all(place.openUploads(context, 'marked.mp4'))).map((open) => open.session)).toEqual([session]);
      await place.complete(session, [await send(first[0], content)], context);
      expect(await place.look(uploaded, context)).toEqual({ size: 1_000, mark: 'abc' });
      expect(await all(place.openUploads(context, 'marked.mp4'))).toEqual([]);
      await place.abort(other.session, context);
      await place.remove(uploaded, context);
    });

    it('forgets an upload that is given up, also twice', async () => {
      const place = staging();
      const { session } = await place.begin({ name: 'job-2/clip.mp4', size: 1 }, context);
      await place.abort(session, context);
      await place.abort(session, context);
      expect(await all(place.openUploads(context))).toEqual([]);
    });

    it('lists what stands below its prefix, however much it is, and nothing else', async () => {
      const objects: Record<string, Uint8Array> = { 'elsewhere/clip.mp4': new Uint8Array(1) };
      for (let count = 0; count < 30; count += 1) objects[`listed/${count}.mp4`] = new Uint8Array(1);
      await fill(store, objects);
      const found = await all(staging({ prefix: 'listed/' }).objects(context));
      expect(found.map(({ name }) => name).sort()).toEqual(Object.keys(objects).slice(1).sort());
    });

    it('passes its own test, and leaves nothing of it', async () => {
      expect(await staging({ prefix: 'tested/' }).test(context)).toEqual([]);
      expect(await all(staging({ prefix: 'tested/' }).objects(context))).toEqual([]);
      expect(await all(staging({ prefix: 'tested/' }).openUploads(context))).toEqual([]);
    });

    it.each<[string, object, RegExp]>([
      [
        'the secret is wrong',
        { secretAccessKey: 'something-wrong' },
        /does not take the secret key; verify the credentials/,
      ],
      [
        'the access key is wrong',
        { accessKeyId: 'SOMEBODYELSE' },
        /does not know the access key; verify the credentials/,
      ],
      ['the bucket is not there', { bucket: 'no-such-bucket' }, /there is no such bucket; its name must be exact/],
      ['nothing answers', { endpoint: 'http://127.0.0.1:9' }, /no answer came.*verify the endpoint URL/],
    ])('its test says what to mend when %s', async (_what, more, words) => {
      const problems = await staging(more).test(context);
      expect(problems).toEqual([expect.stringMatching(words)]);
      expect(problems.join()).not.toContain(store.secretAccessKey);
    });

    it('its test names the permission that lacks', async () => {
      const refusing: typeof fetch = async (input, init) =>
        init?.method === 'DELETE' && !String(input).includes('uploadId')
          ? new Response('<Error><Code>AccessDenied</Code></Error>', { status: 403 })
          : fetch(input, init);
      const problems = await staging({ prefix: 'kept/' }).test(stagingContext({ fetch: refusing }));
      expect(problems).toEqual([expect.stringMatching(/^remove it: .*the credentials need s3:DeleteObject/)]);
    });

    it('says in which place it is, without its keys', () => {
      expect(staging().place).toBe(`s3://${new URL(store.endpoint).host}/media/sluice-staging/`);
    });

    it('refuses a session that is none of its own', async () => {
      const strange: JsonValue = { something: 'else' };
      await expect(staging().list(strange, context)).rejects.toThrow();
    });
  });
}
