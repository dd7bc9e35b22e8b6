import * as z from 'zod';

/** An upload in parts, as every client is given it. */
export const sendingSchema = z.object({
  file: z.string(),
  /** Of the file, in bytes. */
  size: z.int(),
  /** Bytes. */
  partSize: z.int(),
  inFlight: z.int(),
  /** The sink, as a URL without a path. */
  origin: z.url(),
  /** Path of the certificate to trust, where the sink speaks TLS. */
  ca: z.string().optional(),
  /** Whether the sha-256 of the whole is taken on the way; only ours can. */
  digest: z.boolean(),
});
export type Sending = z.output<typeof sendingSchema>;

/** Sends a file once, and answers when all of it was taken. */
export type Send = (sending: Sending) => Promise<unknown>;

/** What an upload cost. */
export const costSchema = z.object({
  seconds: z.number(),
  /** User and system time of the client, its children included. */
  cpuSeconds: z.number(),
  /** The most resident memory at any one time, in bytes. */
  peakBytes: z.int(),
});
export type Cost = z.output<typeof costSchema>;

/** Where a part begins and ends in the file; numbers count from 1. */
export interface Part {
  number: number;
  from: number;
  to: number;
  url: string;
}

/** The parts of an upload, in order. */
export function partsOf({ size, partSize, origin }: Sending): Part[] {
  return Array.from({ length: Math.ceil(size / partSize) }, (_, index) => ({
    number: index + 1,
    from: index * partSize,
    to: Math.min(size, (index + 1) * partSize),
    url: partUrl(origin, index + 1),
  }));
}

export function partUrl(origin: string, number: number): string {
  return `${origin}/bucket/film.mp4?partNumber=${number}&uploadId=u`;
}

/** How large the file is that is sent before what is measured, so that that runs as compiled code. Bytes. */
export function warmUpBytes(size: number): number {
  return Math.min(size, 32 * 1024 * 1024);
}
