import { randomBytes } from 'node:crypto';

/** An id as TwelveLabs has them: 24 hex digits. */
export function objectId(): string {
  return randomBytes(12).toString('hex');
}
