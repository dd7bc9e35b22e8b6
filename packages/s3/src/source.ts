import { GetObjectCommand, type GetObjectCommandOutput, HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import {
  defineSource,
  type OpenBytes,
  rangedBytes,
  SluiceError,
  type SourceContext,
  type SourceMembers,
  sourceChanged,
} from '@sluice/core/adapter';
import * as z from 'zod';
import { AnswerBody } from './answer-body.js';
import { makeClient } from './client.js';
import { s3Error } from './failure.js';
import { type Endpoint, type ObjectPlace, placeName, readPlace, regionOf } from './place.js';
import { longestPresignMs, noFetch, presignGet } from './presign.js';

const endpointSchema = z.strictObject({
  tls: z.boolean().optional(),
  region: z.string().min(1).optional(),
  pathStyle: z.boolean().optional(),
});

const settingsSchema = z.object({
  /** For every endpoint that is not named below. `auto` reads it from the host's name. */
  region: z.string().min(1).default('auto'),
  /** By host, with its port where the URL has one: what is different there. */
  endpoints: z.record(z.string(), endpointSchema).default({}),
});

type Settings = z.output<typeof settingsSchema>;

/**
 * Objects behind `s3://ACCESS-KEY:SECRET@HOST/BUCKET/KEY`, at any endpoint: AWS, Cloudflare R2, Backblaze B2, DigitalOcean Spaces,
 * Ceph. Without keys, objects that everybody may read.
 */
export const s3 = defineSource({
  name: 's3',
  schemes: ['s3'],
  settings: settingsSchema,
  create: (settings): SourceMembers => ({
    look: (url, context) => withObject(settings, url, context).look(),
    open: (url, context) => openObject(settings, url, context),
    presign: (url, { expiresInMs }) => presignObject(settings, url, expiresInMs),
    longestPresignMs,
  }),
});

function endpointOf({ region: usual, endpoints }: Settings, host: string): Endpoint {
  const { tls = true, region = usual, pathStyle = true } = endpoints[host] ?? {};
  return { url: `${tls ? 'https' : 'http'}://${host}`, region: region === 'auto' ? regionOf(host) : region, pathStyle };
}

async function presignObject(settings: Settings, url: string, expiresInMs: number): Promise<string> {
  const place = readPlace(url);
  const { keys, bucket, key } = place;
  if (keys === undefined) {
    const message = `${placeName(place)}: a URL for others is signed with keys; give them in the source or as credentials`;
    throw new SluiceError({ code: 'auth', message });
  }
  const client = makeClient(endpointOf(settings, place.host), keys, { fetch: noFetch, maxAttempts: 1 });
  try {
    return await presignGet(client, { bucket, key }, expiresInMs);
  } finally {
    client.destroy();
  }
}

async function openObject(settings: Settings, url: string, context: SourceContext): Promise<OpenBytes> {
  const object = withObject(settings, url, context);
  const state = await object.look();
  return rangedBytes({
    name: object.name,
    ...state,
    seekable: true,
    openAt: (position, signal) => object.openAt(position, { signal, etag: state.etag, size: state.size }),
    look: () => object.look(),
    close: async () => object.client.destroy(),
    signal: context.signal,
    idleTimeoutMs: context.idleTimeoutMs,
  });
}

function withObject(settings: Settings, url: string, context: SourceContext): StoredObject {
  const place = readPlace(url);
  const options = { fetch: context.fetch, read: context.read, maxAttempts: 1 };
  return new StoredObject(place, makeClient(endpointOf(settings, place.host), place.keys, options), context.signal);
}

/** How an object stands. */
interface ObjectState {
  size: number;
  fingerprint: string;
  etag: string | undefined;
}

type Told = Pick<GetObjectCommandOutput, 'ETag' | 'ContentEncoding'>;

/** What a fetch takes off by itself: then no length and no position means anything. */
const unpacked = /gzip|deflate|br|zstd/i;

/** One object and what is asked of it. */
class StoredObject {
  readonly name: string;
  readonly client: S3Client;
  readonly #target: { Bucket: string; Key: string };
  readonly #signal: AbortSignal;

  constructor(place: ObjectPlace, client: S3Client, signal: AbortSignal) {
    this.name = placeName(place);
    this.client = client;
    this.#target = { Bucket: place.bucket, Key: place.key };
    this.#signal = signal;
  }

  /** By HEAD, whose refusals have no words; where there is one, by the first byte, which may be allowed and else says why not. */
  async look(): Promise<ObjectState> {
    try {
      const head = await this.client.send(new HeadObjectCommand(this.#target), { abortSignal: this.#signal });
      return this.#stateOf(head, head.ContentLength);
    } catch (error) {
      if (SluiceError.is(error) && error.code === 'unsupported') throw error;
      return this.#lookAtFirstByte();
    }
  }

  async #lookAtFirstByte(): Promise<ObjectState> {
    const ask = (range: { Range?: string }) =>
      this.#get({ ...range }, this.#signal).then((got) => {
        bodyOf(got.Body).destroy();
        return got;
      });
    try {
      const got = await ask({ Range: 'bytes=0-0' });
      return this.#stateOf(got, Number(/\/(\d+)$/.exec(got.ContentRange ?? '')?.[1] ?? got.ContentLength));
    } catch (error) {
      // There is no first byte in an empty object.
      if (!SluiceError.is(error) || error.status !== 416) throw error;
      const got = await ask({});
      return this.#stateOf(got, got.ContentLength);
    }
  }

  /** @throws SluiceError `integrity` when the object is another by now */
  async openAt(
    position: number,
    { signal, etag, size }: { signal: AbortSignal; etag: string | undefined; size: number },
  ): Promise<AsyncIterable<Uint8Array>> {
    const wanted = {
      ...(etag !== undefined && { IfMatch: etag }),
      ...(position > 0 && { Range: `bytes=${position}-` }),
    };
    const { Body, ContentRange, ContentLength } = await this.#get(wanted, signal).catch((error: unknown) => {
      if (SluiceError.is(error) && (error.status === 412 || error.status === 416)) throw this.#changed();
      throw error;
    });
    const total = position > 0 ? Number(/\/(\d+)$/.exec(ContentRange ?? '')?.[1]) : ContentLength;
    const body = bodyOf(Body);
    if (total !== size) {
      body.destroy();
      throw this.#changed();
    }
    return body.chunks(signal);
  }

  #stateOf({ ETag: etag, ContentEncoding: encoding }: Told, size = 0): ObjectState {
    if (encoding !== undefined && unpacked.test(encoding)) {
      const message = `${this.name} is stored with the content encoding ${encoding}, and would arrive unpacked; store it without`;
      throw new SluiceError({ code: 'unsupported', message });
    }
    return { size, etag, fingerprint: etag === undefined ? `size ${size}` : `etag ${etag}` };
  }

  #changed(): SluiceError {
    return sourceChanged(`${this.name} was changed while it was read`);
  }

  async #get(range: { Range?: string; IfMatch?: string }, signal: AbortSignal): Promise<GetObjectCommandOutput> {
    try {
      return await this.client.send(new GetObjectCommand({ ...this.#target, ...range }), { abortSignal: signal });
    } catch (error) {
      if (signal.aborted) throw error;
      const found = s3Error(error, { place: this.name, doing: 's3:GetObject' });
      if (found.code !== 'not-found' && found.code !== 'unavailable') throw found;
      const { message, status, providerCode } = found;
      const retry = found.code === 'unavailable' ? 'later' : 'never';
      const told = { ...(status !== undefined && { status }), ...(providerCode !== undefined && { providerCode }) };
      throw new SluiceError({ code: 'source-unreachable', retry, message, ...told, cause: error });
    }
  }
}

/** The SDK hands on the body that it was given. */
function bodyOf(body: unknown): AnswerBody {
  if (body instanceof AnswerBody) return body;
  throw new Error('the SDK has put another body in the place of its answer');
}
