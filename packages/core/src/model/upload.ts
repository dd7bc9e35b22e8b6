import * as z from 'zod';
import type { JsonValue } from './json.js';

/** One of the ways in which a provider takes bytes, as data. @see UploadWay */
export const uploadWaySchema = z.strictObject({
  name: z.string().min(1),
  shape: z.enum(['form', 'parts']),
  minBytes: z.int().min(0),
  maxBytes: z.int().min(1),
  onRequest: z.boolean().optional(),
});

/**
 * One of the ways in which a provider takes bytes: the first whose bounds hold the size is taken, unless it is one of those that
 * are taken only `onRequest`. `form`: one POST; `parts`: many PUTs, put together at the end.
 */
export type UploadWay = z.infer<typeof uploadWaySchema>;

/** A presigned place for one part. Secret. */
export interface SignedPart {
  /** From 1. */
  number: number;
  url: string;
  /** Epoch milliseconds; absent where nobody says. */
  expiresAt?: number;
}

/** An upload as one form POST, fields in order, the file last. */
export interface FormUpload {
  kind: 'form';
  url: string;
  headers?: Record<string, string>;
  /** Sent with the wire's own headers and authorization: it goes to the provider's API and not to an object store. */
  authorized?: boolean;
  /** In the order in which they must be sent. */
  fields: [name: string, value: string][];
  fileField: string;
  filename: string;
  contentType: string;
  /** `none`: an empty answer, and `uploaded` goes to the start; `json`: the answer is itself the effect, read by `answered`. */
  answer: 'none' | 'json';
  /** What the start is given as its source, for `answer: 'none'`. Ids only. */
  uploaded: JsonValue;
}

/** An upload in parts, each a PUT to a presigned URL. */
export interface PartsUpload {
  kind: 'parts';
  /** Ids of the upload: stored in the clear. */
  session: JsonValue;
  /** What the start is given as its source once the parts are put together. Ids only. */
  uploaded: JsonValue;
  /** Bytes of every part but the last. */
  partSize: number;
  /** What was signed at the start: all parts, or the first few where the provider signs more on request. */
  first: SignedPart[];
  /** Go with every part's PUT. */
  headers?: Record<string, string>;
}

/** What `begin` answers with: one of two shapes, which the engine carries out. */
export type BegunUpload = FormUpload | PartsUpload;

/** A part that arrived. */
export interface ArrivedPart {
  number: number;
  /** As received, quotes and all; empty of a part that only the provider knows of, where it tells none. */
  etag: string;
  /** Bytes. */
  size: number;
}

/** A part as the provider lists it. */
export interface ListedPart {
  number: number;
  /** Where the provider tells it. */
  etag?: string;
  /** Bytes. */
  size: number;
  /** The provider says that it did not get this one well: it is sent again, whatever was answered to it. */
  failed?: boolean;
}
