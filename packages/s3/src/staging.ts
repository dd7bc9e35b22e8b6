import { defineBucket, defineStaging, type StagingMembers } from '@sluice/core/adapter';
import * as z from 'zod';
import { regionOf } from './place.js';
import { StagingBucket } from './staging-bucket.js';
import { testBucket } from './test-bucket.js';

const placeSchema = z.object({
  /** URL of the store; `https://s3.REGION.amazonaws.com` unless given. */
  endpoint: z.url({ protocol: /^https?$/ }).optional(),
  /** `auto` reads it from the endpoint. */
  region: z.string().min(1).default('auto'),
  bucket: z.string().min(1),
  accessKeyId: z.string().min(1),
  secretAccessKey: z.string().min(1),
  sessionToken: z.string().min(1).optional(),
  /** The bucket in the path, and not in the host's name. */
  pathStyle: z.boolean().default(true),
  storageClass: z.string().min(1).optional(),
});

/** A bucket of the user's own at AWS, Cloudflare R2, Backblaze B2, DigitalOcean Spaces, Ceph or any other S3. */
export const s3Staging = defineStaging({
  name: 's3',
  // Objects stand below it, and nothing else is ever listed or removed.
  settings: withRegion(placeSchema.extend({ prefix: z.string().default('sluice-staging/') })),
  create: makeBucket,
});

/** The same as the bucket that a provider imports from: `prefix` is where its import begins to look, the whole bucket when left out. */
export const s3Bucket = defineBucket({
  name: 's3',
  settings: withRegion(placeSchema.extend({ prefix: z.string().default('') })),
  create: makeBucket,
});

function withRegion<Schema extends typeof placeSchema>(schema: Schema): Schema {
  return schema.refine(({ endpoint, region }) => endpoint !== undefined || region !== 'auto', {
    error: 'without an endpoint, region must name one of AWS',
    path: ['region'],
  });
}

function makeBucket(settings: z.output<typeof placeSchema> & { prefix: string }): StagingMembers {
  const { region, pathStyle } = settings;
  const url = (settings.endpoint ?? `https://s3.${region}.amazonaws.com`).replace(/\/+$/, '');
  const endpoint = { url, region: region === 'auto' ? regionOf(new URL(url).host) : region, pathStyle };
  const bucket = new StagingBucket({ ...settings, endpoint });
  return {
    place: bucket.place,
    longestPresignMs: bucket.longestPresignMs,
    begin: (object, context) => bucket.begin(object, context),
    object: (name) => ({ key: bucket.keyOf(name) }),
    sign: (session, numbers, context) => bucket.sign(session, numbers, context),
    list: (session, context) => bucket.list(session, context),
    complete: (session, parts, context) => bucket.complete(session, parts, context),
    abort: (session, context) => bucket.abort(session, context),
    presign: (object, options) => bucket.presign(object, options),
    remove: (object, context) => bucket.remove(object, context),
    look: (object, context) => bucket.look(object, context),
    objects: (context) => bucket.objects(context),
    openUploads: (context, only) => bucket.openUploads(context, only),
    test: (context) => testBucket(bucket, context),
  };
}
