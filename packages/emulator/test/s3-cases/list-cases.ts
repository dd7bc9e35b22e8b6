import { randomUUID } from 'node:crypto';
import { ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { outcome, type S3Case, type S3Store } from './store.js';

const NAMES = ['a/1', 'a/2', 'b', 'b/1', 'c ü', 'c&<', 'd/e/1', 'z'];

/** Puts the names under a prefix of their own. */
async function fill({ client, bucket }: S3Store): Promise<string> {
  const prefix = `${randomUUID()}/`;
  await Promise.all(
    NAMES.map((name) => client.send(new PutObjectCommand({ Bucket: bucket, Key: prefix + name, Body: name }))),
  );
  return prefix;
}

async function pages(store: S3Store, more: object): Promise<string[][]> {
  const prefix = await fill(store);
  const seen: string[][] = [];
  let ContinuationToken: string | undefined;
  do {
    const place = {
      Bucket: store.bucket,
      Prefix: prefix,
      ...(ContinuationToken === undefined ? {} : { ContinuationToken }),
    };
    const page = await store.client.send(new ListObjectsV2Command({ ...place, ...more }));
    const keys = page.Contents?.map(({ Key = '', Size }) => `${Key.slice(prefix.length)} ${Size}`) ?? [];
    const folders = page.CommonPrefixes?.map(({ Prefix = '' }) => Prefix.slice(prefix.length)) ?? [];
    seen.push([...keys, ...folders]);
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken !== undefined);
  return seen;
}

/** Lists of objects. */
export const listCases: S3Case[] = [
  {
    name: 'lists what begins alike, in order',
    run: (store) => pages(store, {}),
    seen: [['a/1 3', 'a/2 3', 'b 1', 'b/1 3', 'c ü 4', 'c&< 3', 'd/e/1 5', 'z 1']],
  },
  {
    name: 'lists folder by folder',
    run: (store) => pages(store, { Delimiter: '/' }),
    seen: [['b 1', 'c ü 4', 'c&< 3', 'z 1', 'a/', 'b/', 'd/']],
  },
  {
    name: 'lists page by page',
    run: (store) => pages(store, { MaxKeys: 3 }),
    seen: [
      ['a/1 3', 'a/2 3', 'b 1'],
      ['b/1 3', 'c ü 4', 'c&< 3'],
      ['d/e/1 5', 'z 1'],
    ],
  },
  {
    name: 'lists folders page by page, none twice',
    run: async (store) => (await pages(store, { Delimiter: '/', MaxKeys: 1 })).flat().sort(),
    seen: ['a/', 'b 1', 'b/', 'c ü 4', 'c&< 3', 'd/', 'z 1'].sort(),
  },
  {
    name: 'lists names encoded where that is asked for',
    run: async (store) => {
      const Prefix = await fill(store);
      const place = { Bucket: store.bucket, Prefix, EncodingType: 'url' } as const;
      const { Contents = [] } = await store.client.send(new ListObjectsV2Command(place));
      const key = Contents.at(-4)?.Key ?? '';
      // How much of it is encoded is everybody's own: what matters is that it can be read again.
      return [key.includes(' '), decodeURIComponent(key.replaceAll('+', ' ')).slice(Prefix.length)];
    },
    seen: [false, 'c ü'],
  },
  {
    name: 'knows no bucket that isn’t there',
    run: ({ client }) => outcome(client.send(new ListObjectsV2Command({ Bucket: 'another-bucket' }))),
    seen: '404 NoSuchBucket',
  },
];
