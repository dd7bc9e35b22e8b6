import { createHash } from 'node:crypto';
import type { JsonObject } from '@sluice/core/adapter';

export const settings = { login: 'client-0123', password: 'api-password-0123' };
export const source = 'https://media.example/videos/clip.mp4';
export const size = 74_406;
export const sha256 = createHash('sha256').update('clip').digest('hex');
export const otherSha256 = createHash('sha256').update('another clip').digest('hex');

/** A file as a list tells of it, or the answer to its add. */
export function fileOf(change: JsonObject = {}): JsonObject {
  return { id: 4711, full_name: '/videos/clip.mp4', status: 'ready', size, chksum: sha256, ...change };
}
