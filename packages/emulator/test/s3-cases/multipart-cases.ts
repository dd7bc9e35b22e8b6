import { randomBytes } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { ask, newKey, outcome, type S3Case, type S3Store } from './store.js';

const MIB = 1024 * 1024;
const FIVE_MIB = randomBytes(5 * MIB);
const SHORT = Buffer.from('the end');

/** An upload under way. */
interface Upload {
  store: S3Store;
  place: { Bucket: string; Key: string; UploadId: string };
}

interface ListedPart {
  PartNumber: number;
  ETag: string;
}

async function begin(store: S3Store): Promise<Upload> {
  const place = { Bucket: store.bucket, Key: newKey() };
  const { UploadId = '' } = await store.client.send(new CreateMultipartUploadCommand(place));
  return { store, place: { ...place, UploadId } };
}

async function put({ store, place }: Upload, PartNumber: number, Body: Buffer): Promise<ListedPart> {
  const { ETag = '' } = await store.client.send(new UploadPartCommand({ ...place, PartNumber, Body }));
  return { PartNumber, ETag };
}

function complete({ store, place }: Upload, Parts: ListedPart[]): Promise<string> {
  return outcome(store.client.send(new CompleteMultipartUploadCommand({ ...place, MultipartUpload: { Parts } })));
}

/** What is there under its key, in bytes. */
async function sizeOf({ store, place }: Upload): Promise<number | undefined> {
  const command = new HeadObjectCommand({ Bucket: place.Bucket, Key: place.Key });
  return (await store.client.send(command).catch(() => undefined))?.ContentLength;
}

async function numbersOf({ store, place }: Upload): Promise<string> {
  const { Parts = [] } = await store.client.send(new ListPartsCommand(place));
  return Parts.map(({ PartNumber, Size }) => `${PartNumber}: ${Size}`).join(', ');
}

const NO_UPLOAD = 'no-such-upload-id';

/** Multipart uploads: sizes, order, ETags, lists, abort. */
export const multipartCases: S3Case[] = [
  {
    name: 'puts parts together in order, under the ETag of their ETags',
    run: async (store) => {
      const upload = await begin(store);
      const last = await put(upload, 3, SHORT);
      const parts = [await put(upload, 1, FIVE_MIB), await put(upload, 2, FIVE_MIB), last];
      const completed = await complete(upload, parts);
      const { Bucket, Key } = upload.place;
      const got = await store.client.send(new GetObjectCommand({ Bucket, Key }));
      const bytes = Buffer.from((await got.Body?.transformToByteArray()) ?? []);
      const isSame = bytes.equals(Buffer.concat([FIVE_MIB, FIVE_MIB, SHORT]));
      return { completed, isSame, etag: /^"[0-9a-f]{32}-3"$/.test(got.ETag ?? '') };
    },
    seen: { completed: '200', isSame: true, etag: true },
  },
  {
    name: 'reads a range across two parts',
    run: async (store) => {
      const upload = await begin(store);
      await complete(upload, [await put(upload, 1, FIVE_MIB), await put(upload, 2, SHORT)]);
      const { Bucket, Key } = upload.place;
      const Range = `bytes=${5 * MIB - 2}-${5 * MIB + 2}`;
      const got = await store.client.send(new GetObjectCommand({ Bucket, Key, Range }));
      const bytes = Buffer.from((await got.Body?.transformToByteArray()) ?? []);
      return bytes.equals(Buffer.concat([FIVE_MIB.subarray(-2), SHORT.subarray(0, 3)]));
    },
    seen: true,
  },
  {
    name: 'takes a single part of any size',
    run: async (store) => {
      const upload = await begin(store);
      return [await complete(upload, [await put(upload, 1, SHORT)]), await sizeOf(upload)];
    },
    seen: ['200', 7],
  },
  {
    name: 'refuses a part but the last under 5 MiB, and goes on being an upload',
    run: async (store) => {
      const upload = await begin(store);
      const parts = [await put(upload, 1, FIVE_MIB.subarray(1)), await put(upload, 2, SHORT)];
      const refused = await complete(upload, parts);
      const mended = [await put(upload, 1, FIVE_MIB), ...parts.slice(1)];
      return [refused, await complete(upload, mended)];
    },
    seen: ['400 EntityTooSmall', '200'],
  },
  {
    name: 'refuses a wrong ETag',
    run: async (store) => {
      const upload = await begin(store);
      const part = await put(upload, 1, SHORT);
      return complete(upload, [{ ...part, ETag: `"${'0'.repeat(32)}"` }]);
    },
    seen: '400 InvalidPart',
  },
  {
    name: 'refuses a part that didn’t come',
    run: async (store) => {
      const upload = await begin(store);
      const part = await put(upload, 1, FIVE_MIB);
      return complete(upload, [part, { ...part, PartNumber: 2 }]);
    },
    seen: '400 InvalidPart',
  },
  {
    name: 'takes ETags without their quotes',
    run: async (store) => {
      const upload = await begin(store);
      const part = await put(upload, 1, SHORT);
      return complete(upload, [{ ...part, ETag: part.ETag.replaceAll('"', '') }]);
    },
    seen: '200',
  },
  {
    name: 'refuses parts that are out of order',
    run: async (store) => {
      const upload = await begin(store);
      const parts = [await put(upload, 1, FIVE_MIB), await put(upload, 2, FIVE_MIB)];
      return complete(upload, parts.reverse());
    },
    seen: '400 InvalidPartOrder',
    ceph: { seen: '200', why: 'it sorts the list itself' },
  },
  {
    name: 'refuses an empty list of parts',
    run: async (store) => complete(await begin(store), []),
    seen: '400 MalformedXML',
  },
  {
    name: 'leaves out what isn’t listed',
    run: async (store) => {
      const upload = await begin(store);
      const parts = [await put(upload, 1, FIVE_MIB), await put(upload, 2, SHORT), await put(upload, 3, SHORT)];
      return [await complete(upload, parts.slice(0, 2)), await sizeOf(upload)];
    },
    seen: ['200', 5 * MIB + 7],
    ceph: { seen: ['400 InvalidPart', undefined], why: 'it wants all of them listed' },
  },
  {
    name: 'takes the last of two parts with one number',
    run: async (store) => {
      const upload = await begin(store);
      const before = await put(upload, 1, FIVE_MIB);
      const after = await put(upload, 1, SHORT);
      return [await complete(upload, [before]), await complete(upload, [after]), await sizeOf(upload)];
    },
    seen: ['400 InvalidPart', '200', 7],
  },
  {
    name: 'lists the parts that came, page by page',
    run: async (store) => {
      const upload = await begin(store);
      for (const number of [2, 1, 5]) await put(upload, number, SHORT);
      const first = await store.client.send(new ListPartsCommand({ ...upload.place, MaxParts: 2 }));
      const marker = first.NextPartNumberMarker ?? '';
      const second = await store.client.send(new ListPartsCommand({ ...upload.place, PartNumberMarker: marker }));
      return [first, second].map(({ Parts = [], IsTruncated }) => [
        Parts.map(({ PartNumber, Size, ETag }) => `${PartNumber} ${Size} ${ETag?.length}`),
        IsTruncated,
      ]);
    },
    seen: [
      [['1 7 34', '2 7 34'], true],
      [['5 7 34'], false],
    ],
  },
  {
    name: 'takes presigned parts, and only the part that was signed for',
    run: async (store) => {
      const upload = await begin(store);
      const command = new UploadPartCommand({ ...upload.place, PartNumber: 1 });
      const url = new URL(await getSignedUrl(store.client, command, { expiresIn: 60 }));
      const taken = await ask({ method: 'PUT', url: url.href, body: SHORT });
      url.searchParams.set('partNumber', '2');
      return [taken, await ask({ method: 'PUT', url: url.href, body: SHORT }), await numbersOf(upload)];
    },
    seen: ['200', '403 SignatureDoesNotMatch', '1: 7'],
  },
  {
    name: 'refuses an expired presigned part',
    run: async (store) => {
      const { place } = await begin(store);
      const signingDate = new Date(Date.now() - 61_000);
      const command = new UploadPartCommand({ ...place, PartNumber: 1 });
      const url = await getSignedUrl(store.client, command, { expiresIn: 60, signingDate });
      return ask({ method: 'PUT', url, body: SHORT });
    },
    seen: '403 AccessDenied',
  },
  {
    name: 'refuses a part that doesn’t say how long it is',
    run: async (store) => {
      const { place } = await begin(store);
      const command = new UploadPartCommand({ ...place, PartNumber: 1 });
      const url = await getSignedUrl(store.client, command, { expiresIn: 60 });
      return ask({ method: 'PUT', url, body: SHORT, sendLength: false });
    },
    seen: '411 MissingContentLength',
  },
  ...[
    { number: 0, why: 'it has no lower bound' },
    { number: 10_001, why: 'it has no upper bound' },
  ].map(({ number, why }) => ({
    name: `refuses part number ${number}`,
    run: async (store: S3Store) => {
      const { place } = await begin(store);
      return outcome(store.client.send(new UploadPartCommand({ ...place, PartNumber: number, Body: SHORT })));
    },
    seen: '400 InvalidArgument',
    ceph: { seen: '200', why },
  })),
  {
    name: 'knows no upload that wasn’t begun',
    run: async (store) => {
      const upload: Upload = { store, place: { Bucket: store.bucket, Key: newKey(), UploadId: NO_UPLOAD } };
      const { place } = upload;
      return [
        await outcome(store.client.send(new UploadPartCommand({ ...place, PartNumber: 1, Body: SHORT }))),
        await outcome(store.client.send(new ListPartsCommand(place))),
        await complete(upload, [{ PartNumber: 1, ETag: '"x"' }]),
        await outcome(store.client.send(new AbortMultipartUploadCommand(place))),
      ];
    },
    seen: ['404 NoSuchUpload', '404 NoSuchUpload', '404 NoSuchUpload', '404 NoSuchUpload'],
    ceph: {
      seen: ['404 NoSuchUpload', '404 NoSuchKey', '500 InternalError', '404 NoSuchUpload'],
      why: 'it looks for the key first, and completing finds nothing where it expects something',
    },
  },
  {
    name: 'forgets an upload that was aborted',
    run: async (store) => {
      const upload = await begin(store);
      const part = await put(upload, 1, SHORT);
      const aborted = await outcome(store.client.send(new AbortMultipartUploadCommand(upload.place)));
      const later = await outcome(
        store.client.send(new UploadPartCommand({ ...upload.place, PartNumber: 2, Body: SHORT })),
      );
      const { Bucket, Key } = upload.place;
      const got = await outcome(store.client.send(new GetObjectCommand({ Bucket, Key })));
      return [aborted, later, await complete(upload, [part]), got];
    },
    seen: ['204', '404 NoSuchUpload', '404 NoSuchUpload', '404 NoSuchKey'],
    ceph: { seen: ['204', '404 NoSuchUpload', '500 InternalError', '404 NoSuchKey'], why: 'as with one never begun' },
  },
  {
    name: 'doesn’t complete twice',
    run: async (store) => {
      const upload = await begin(store);
      const part = await put(upload, 1, SHORT);
      return [await complete(upload, [part]), await complete(upload, [part]), await sizeOf(upload)];
    },
    seen: ['200', '404 NoSuchUpload', 7],
    ceph: { seen: ['200', '200', 7], why: 'it remembers what it put together' },
  },
  {
    name: 'lists the uploads under way',
    run: async (store) => {
      const upload = await begin(store);
      const { Bucket, Key, UploadId } = upload.place;
      const list = async () => {
        const { Uploads = [] } = await store.client.send(new ListMultipartUploadsCommand({ Bucket, Prefix: Key }));
        return Uploads.map((one) => one.Key === Key && one.UploadId === UploadId);
      };
      const before = await list();
      await complete(upload, [await put(upload, 1, SHORT)]);
      return [before, await list()];
    },
    seen: [[true], []],
  },
];
