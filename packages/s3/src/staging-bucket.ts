import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
  type S3Client,
  type StorageClass,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import {
  type ArrivedPart,
  type JsonValue,
  type ObjectState,
  type OpenUpload,
  type PartsUpload,
  type SignedPart,
  SluiceError,
  type StagedObject,
  type StagingContext,
  type StagingMembers,
} from '@sluice/core/adapter';
import * as z from 'zod';
import { makeClient } from './client.js';
import { s3Error } from './failure.js';
import { partSizeFor } from './part-size.js';
import type { Endpoint, Keys } from './place.js';
import { longestPresignMs, noFetch, presignGet } from './presign.js';

/** Where the bucket is and what opens it. */
export interface BucketSettings extends Omit<Keys, 'sessionToken'> {
  sessionToken?: string | undefined;
  endpoint: Endpoint;
  bucket: string;
  prefix: string;
  storageClass?: string | undefined;
}

const sessionSchema = z.object({ key: z.string(), uploadId: z.string() });
/** The words of a store of the user's own are not all known to the SDK. */
const storageClassSchema = z.custom<StorageClass>((value) => typeof value === 'string');
const objectSchema = z.object({ key: z.string() });

/** A part's URL is for the hour in which it is sent: who comes later signs anew. */
const partUrlMs = 3_600_000;
/** So many parts are signed at the start; the rest when it is their turn. */
const signedAtFirst = 8;
/** Of the user metadata of an object. */
const markKey = 'sluice-mark';
/** The SDK's own attempts: nobody below it repeats a call. */
const attempts = 3;

/** The user's own bucket, below its prefix. */
export class StagingBucket {
  readonly place: string;
  readonly longestPresignMs = longestPresignMs;
  readonly #settings: BucketSettings;
  readonly #keys: Keys;

  constructor(settings: BucketSettings) {
    const { endpoint, bucket, prefix, accessKeyId, secretAccessKey, sessionToken } = settings;
    this.place = `s3://${new URL(endpoint.url).host}/${bucket}/${prefix}`;
    this.#settings = settings;
    this.#keys = { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
  }

  async begin(
    { name, size, contentType, mark }: Parameters<StagingMembers['begin']>[0],
    context: StagingContext,
  ): Promise<PartsUpload> {
    const { storageClass } = this.#settings;
    const Key = this.keyOf(name);
    const { UploadId: uploadId = '' } = await this.ask('s3:PutObject', context, (client, options) => {
      const more = {
        ...(contentType !== undefined && { ContentType: contentType }),
        ...(mark !== undefined && { Metadata: { [markKey]: mark } }),
        ...classOf(storageClass),
      };
      return client.send(new CreateMultipartUploadCommand({ Bucket: this.#bucket, Key, ...more }), options);
    });
    const session = { key: Key, uploadId };
    const partSize = partSizeFor(size);
    const count = Math.min(signedAtFirst, Math.max(1, Math.ceil(size / partSize)));
    const numbers = Array.from({ length: count }, (_, index) => index + 1);
    const first = await this.sign(session, numbers, context);
    return { kind: 'parts', session, uploaded: { key: Key }, partSize, first };
  }

  async sign(session: JsonValue, numbers: number[], { now }: Pick<StagingContext, 'now'>): Promise<SignedPart[]> {
    const { key, uploadId } = sessionSchema.parse(session);
    const client = this.#client(noFetch);
    const expiresAt = now() + partUrlMs;
    return Promise.all(
      numbers.map(async (number) => {
        const command = new UploadPartCommand({
          Bucket: this.#bucket,
          Key: key,
          UploadId: uploadId,
          PartNumber: number,
        });
        return { number, url: await getSignedUrl(client, command, { expiresIn: partUrlMs / 1_000 }), expiresAt };
      }),
    );
  }

  async list(session: JsonValue, context: StagingContext): Promise<ArrivedPart[]> {
    const { key, uploadId } = sessionSchema.parse(session);
    const parts: ArrivedPart[] = [];
    let marker: string | undefined;
    do {
      const page = await this.ask('s3:ListMultipartUploadParts', context, (client, options) => {
        const from = marker === undefined ? {} : { PartNumberMarker: marker };
        return client.send(
          new ListPartsCommand({ Bucket: this.#bucket, Key: key, UploadId: uploadId, ...from }),
          options,
        );
      });
      for (const { PartNumber = 0, ETag = '', Size = 0 } of page.Parts ?? []) {
        parts.push({ number: PartNumber, etag: ETag, size: Size });
      }
      marker = page.IsTruncated === true ? page.NextPartNumberMarker : undefined;
    } while (marker !== undefined);
    return parts;
  }

  async complete(session: JsonValue, parts: ArrivedPart[], context: StagingContext): Promise<void> {
    const { key, uploadId } = sessionSchema.parse(session);
    const Parts = parts.map(({ number, etag }) => ({ PartNumber: number, ETag: etag }));
    await this.ask('s3:PutObject', context, (client, options) => {
      const place = { Bucket: this.#bucket, Key: key, UploadId: uploadId };
      return client.send(new CompleteMultipartUploadCommand({ ...place, MultipartUpload: { Parts } }), options);
    });
  }

  async abort(session: JsonValue, context: StagingContext): Promise<void> {
    const { key, uploadId } = sessionSchema.parse(session);
    const command = new AbortMultipartUploadCommand({ Bucket: this.#bucket, Key: key, UploadId: uploadId });
    await this.ask('s3:AbortMultipartUpload', context, (client, options) => client.send(command, options)).catch(
      unlessGone,
    );
  }

  async presign(object: JsonValue, { expiresInMs }: { expiresInMs: number }): Promise<string> {
    const { key } = objectSchema.parse(object);
    return presignGet(this.#client(noFetch), { bucket: this.#bucket, key }, expiresInMs);
  }

  async remove(object: JsonValue, context: StagingContext): Promise<void> {
    const command = new DeleteObjectCommand({ Bucket: this.#bucket, Key: objectSchema.parse(object).key });
    await this.ask('s3:DeleteObject', context, (client, options) => client.send(command, options)).catch(unlessGone);
  }

  async look(object: JsonValue, context: StagingContext): Promise<ObjectState | undefined> {
    const command = new HeadObjectCommand({ Bucket: this.#bucket, Key: objectSchema.parse(object).key });
    const head = await this.ask('s3:GetObject', context, (client, options) => client.send(command, options)).catch(
      unlessGone,
    );
    if (head === undefined) return undefined;
    const mark = head.Metadata?.[markKey];
    return { size: head.ContentLength ?? 0, ...(mark !== undefined && { mark }) };
  }

  async *objects(context: StagingContext): AsyncGenerator<StagedObject> {
    const { prefix } = this.#settings;
    let token: string | undefined;
    do {
      const page = await this.ask('s3:ListBucket', context, (client, options) => {
        const from = token === undefined ? {} : { ContinuationToken: token };
        return client.send(new ListObjectsV2Command({ Bucket: this.#bucket, Prefix: prefix, ...from }), options);
      });
      for (const { Key: key = '', Size: size = 0, LastModified } of page.Contents ?? []) {
        yield { object: { key }, name: key, size, modifiedAt: LastModified?.getTime() ?? 0 };
      }
      token = page.IsTruncated === true ? page.NextContinuationToken : undefined;
    } while (token !== undefined);
  }

  async *openUploads(context: StagingContext, only?: string): AsyncGenerator<OpenUpload> {
    const prefix = this.keyOf(only ?? '');
    let marker: { KeyMarker?: string; UploadIdMarker?: string } | undefined = {};
    while (marker !== undefined) {
      const from: { KeyMarker?: string; UploadIdMarker?: string } = marker;
      const page = await this.ask('s3:ListBucketMultipartUploads', context, (client, options) =>
        client.send(new ListMultipartUploadsCommand({ Bucket: this.#bucket, Prefix: prefix, ...from }), options),
      );
      for (const { Key: key = '', UploadId: uploadId = '', Initiated } of page.Uploads ?? []) {
        if (only !== undefined && key !== prefix) continue;
        yield { session: { key, uploadId }, name: key, startedAt: Initiated?.getTime() ?? 0 };
      }
      const { NextKeyMarker, NextUploadIdMarker } = page;
      marker =
        page.IsTruncated === true && NextKeyMarker !== undefined
          ? {
              KeyMarker: NextKeyMarker,
              ...(NextUploadIdMarker !== undefined && { UploadIdMarker: NextUploadIdMarker }),
            }
          : undefined;
    }
  }

  /** Puts a small object in one piece. */
  async put(name: string, content: Uint8Array, context: StagingContext): Promise<JsonValue> {
    const Key = this.keyOf(name);
    const { storageClass } = this.#settings;
    const command = new PutObjectCommand({ Bucket: this.#bucket, Key, Body: content, ...classOf(storageClass) });
    await this.ask('s3:PutObject', context, (client, options) => client.send(command, options));
    return { key: Key };
  }

  /** The object's name as the bucket has it. */
  keyOf(name: string): string {
    return `${this.#settings.prefix}${name}`;
  }

  /** One call, its failure put into words. */
  async ask<T>(
    doing: string,
    { fetch, signal }: Pick<StagingContext, 'fetch' | 'signal'>,
    call: (client: S3Client, options: { abortSignal: AbortSignal }) => Promise<T>,
  ): Promise<T> {
    try {
      return await call(this.#client(fetch), { abortSignal: signal });
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw s3Error(error, { place: this.place, doing });
    }
  }

  get #bucket(): string {
    return this.#settings.bucket;
  }

  #client(fetch: typeof globalThis.fetch): S3Client {
    return makeClient(this.#settings.endpoint, this.#keys, { fetch, maxAttempts: attempts });
  }
}

function classOf(storageClass: string | undefined) {
  return storageClass === undefined ? {} : { StorageClass: storageClassSchema.parse(storageClass) };
}

/** What is gone already need not be removed. */
function unlessGone(error: unknown): undefined {
  if (SluiceError.is(error) && error.code === 'not-found' && error.providerCode !== 'NoSuchBucket') return undefined;
  throw error;
}
