import { GetObjectCommand } from '@aws-sdk/client-s3';
import { createPresignedPost, type PresignedPostOptions } from '@aws-sdk/s3-presigned-post';
import { brief, newKey, outcome, type RawAnswer, type S3Case, type S3Store, send } from './store.js';

type Fields = [name: string, value: string][];

/** What is done to a form before it is sent. */
interface Tampering {
  options?: Partial<PresignedPostOptions>;
  fields?: (fields: Fields) => Fields;
  file?: string | undefined;
  /** Sent after the file. */
  behind?: Fields;
  sendLength?: boolean;
  contentType?: string;
}

const BOUNDARY = 'a-boundary-of-the-form';
const FILE = 'x'.repeat(100);
const RANGE: NonNullable<PresignedPostOptions['Conditions']>[number] = ['content-length-range', 50, 100];

/** Signs a form with the AWS SDK, writes it by hand, and posts it. */
async function post(store: S3Store, tampering: Tampering = {}): Promise<RawAnswer & { key: string }> {
  const { options = {}, fields: tamper = (same) => same, behind = [], sendLength = true, contentType } = tampering;
  const key = newKey();
  const signed = await createPresignedPost(store.client, {
    Bucket: store.bucket,
    Key: key,
    Conditions: [RANGE, ['eq', '$Content-Type', 'video/mp4'], { acl: 'private' }],
    Fields: { acl: 'private', 'Content-Type': 'video/mp4' },
    Expires: 60,
    ...options,
  });
  const file = 'file' in tampering ? tampering.file : FILE;
  const body = [
    ...tamper(Object.entries(signed.fields)).map(([name, value]) => writeField(name, value)),
    ...(file === undefined ? [] : [`--${BOUNDARY}\r\n${FILE_HEAD}\r\n${file}\r\n`]),
    ...behind.map(([name, value]) => writeField(name, value)),
    `--${BOUNDARY}--\r\n`,
  ].join('');
  const headers = { 'content-type': contentType ?? `multipart/form-data; boundary=${BOUNDARY}` };
  return { ...(await send({ method: 'POST', url: signed.url, headers, body, sendLength })), key };
}

const FILE_HEAD = 'Content-Disposition: form-data; name="file"; filename="clip.mp4"\r\nContent-Type: video/mp4\r\n';

function writeField(name: string, value: string): string {
  return `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
}

function without(unwanted: string): (fields: Fields) => Fields {
  return (fields) => fields.filter(([name]) => name.toLowerCase() !== unwanted);
}

function changed(wanted: string, change: (value: string) => string): (fields: Fields) => Fields {
  return (fields) => fields.map(([name, value]) => [name, name.toLowerCase() === wanted ? change(value) : value]);
}

async function refused(store: S3Store, tampering: Tampering): Promise<string[]> {
  const answer = await post(store, tampering);
  const got = await outcome(store.client.send(new GetObjectCommand({ Bucket: store.bucket, Key: answer.key })));
  return [brief(answer), got];
}

const PLAIN_REFUSAL = { seen: '403 AccessDenied', why: 'it says no more to a form that is not signed right' };

/** What is refused, and how; nothing is kept of any. */
const REFUSALS: { name: string; tampering: Tampering; seen: string; ceph?: { seen: string; why: string } }[] = [
  { name: 'one byte too few', tampering: { file: 'x'.repeat(49) }, seen: '400 EntityTooSmall' },
  { name: 'one byte too many', tampering: { file: 'x'.repeat(101) }, seen: '400 EntityTooLarge' },
  {
    name: 'a policy that has expired',
    tampering: { options: { Expires: -1 } },
    seen: '403 AccessDenied',
  },
  {
    name: 'another signature',
    tampering: {
      fields: changed('x-amz-signature', (value) => value.replace(/^./, (first) => (first === '0' ? '1' : '0'))),
    },
    seen: '403 SignatureDoesNotMatch',
    ceph: PLAIN_REFUSAL,
  },
  {
    name: 'another policy than was signed',
    tampering: {
      fields: changed('policy', (value) =>
        Buffer.from(`${Buffer.from(value, 'base64').toString()} `).toString('base64'),
      ),
    },
    seen: '403 SignatureDoesNotMatch',
    ceph: PLAIN_REFUSAL,
  },
  {
    name: 'an unknown key id',
    tampering: { fields: changed('x-amz-credential', (value) => `X${value}`) },
    seen: '403 InvalidAccessKeyId',
    ceph: PLAIN_REFUSAL,
  },
  {
    name: 'a value other than the policy’s',
    tampering: { fields: changed('content-type', () => 'video/webm') },
    seen: '403 AccessDenied',
  },
  { name: 'another key than the policy’s', tampering: { fields: changed('key', () => 'x') }, seen: '403 AccessDenied' },
  {
    name: 'a beginning other than the policy’s',
    tampering: {
      options: { Conditions: [RANGE, ['starts-with', '$acl', 'pub'], ['eq', '$Content-Type', 'video/mp4']] },
    },
    seen: '403 AccessDenied',
  },
  {
    name: 'a field that the policy doesn’t name',
    tampering: { fields: (fields) => [...fields, ['x-amz-meta-more', '1']] },
    seen: '403 AccessDenied',
  },
  {
    name: 'a field that the policy names and the form lacks',
    tampering: { fields: without('acl') },
    seen: '403 AccessDenied',
  },
  { name: 'no policy', tampering: { fields: without('policy') }, seen: '403 AccessDenied' },
  { name: 'no key', tampering: { fields: without('key') }, seen: '400 InvalidArgument' },
  {
    name: 'no file',
    tampering: { file: undefined },
    seen: '400 InvalidArgument',
    ceph: { seen: '400 EntityTooSmall', why: 'no file is an empty one to it' },
  },
  { name: 'no length', tampering: { sendLength: false }, seen: '411 MissingContentLength' },
  {
    name: 'another kind of body',
    tampering: { contentType: 'application/octet-stream' },
    seen: '412 PreconditionFailed',
    ceph: { seen: '400 InvalidArgument', why: 'it has another word for it' },
  },
];

/** Form uploads by POST policy. */
export const formCases: S3Case[] = [
  {
    name: 'takes a form, and keeps it under its type',
    run: async (store) => {
      const { status, headers, key } = await post(store);
      const got = await store.client.send(new GetObjectCommand({ Bucket: store.bucket, Key: key }));
      return [status, typeof headers.etag, got.ContentType, await got.Body?.transformToString()];
    },
    seen: [204, 'string', 'video/mp4', FILE],
    ceph: { seen: [204, 'undefined', 'video/mp4', FILE], why: 'its 204 has no ETag' },
  },
  {
    name: 'takes both ends of the range of sizes',
    run: async (store) => [
      (await post(store, { file: 'x'.repeat(50) })).status,
      (await post(store, { file: 'x'.repeat(100) })).status,
    ],
    seen: [204, 204],
  },
  {
    name: 'takes what begins as the policy says',
    run: async (store) => {
      const Conditions = [RANGE, ['starts-with', '$Content-Type', 'video/'], { acl: 'private' }] satisfies unknown[];
      return (await post(store, { options: { Conditions: Conditions as PresignedPostOptions['Conditions'] & {} } }))
        .status;
    },
    seen: 204,
  },
  {
    name: 'answers 201 with a document where the form wants it',
    run: async (store) => {
      const status = { success_action_status: '201' };
      const Fields = { acl: 'private', 'Content-Type': 'video/mp4', ...status };
      const answer = await post(store, {
        options: { Fields, Conditions: [RANGE, { acl: 'private' }, ['starts-with', '$Content-Type', ''], status] },
      });
      return [answer.status, /<PostResponse/.test(answer.body), /<Bucket>cases-/.test(answer.body)];
    },
    seen: [201, true, true],
  },
  {
    name: 'ignores what comes after the file',
    run: async (store) => (await post(store, { behind: [['x-amz-meta-more', '1']] })).status,
    seen: 204,
  },
  {
    name: 'finds nothing that stands behind the file: the policy must come first',
    run: async (store) => {
      const fields = without('policy');
      return brief(await post(store, { fields, behind: [['Policy', 'x']] }));
    },
    seen: '403 AccessDenied',
  },
  ...REFUSALS.map(({ name, tampering, seen, ceph }) => ({
    name: `refuses a form with ${name}`,
    run: (store: S3Store) => refused(store, tampering),
    seen: [seen, '404 NoSuchKey'],
    ...(ceph === undefined ? {} : { ceph: { seen: [ceph.seen, '404 NoSuchKey'], why: ceph.why } }),
  })),
];
