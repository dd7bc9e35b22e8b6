const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

/** A new id: `prefix`, the time (so that ids sort by age), and 80 random bits. */
export function newId(prefix: string, now: number): string {
  const random = crypto.getRandomValues(new Uint8Array(16));
  const tail = Array.from(random, (byte) => alphabet[byte % 32]).join('');
  return `${prefix}_${now.toString(36)}${tail}`;
}

/** Lower-case hex of the SHA-256 of `bytes`. */
export async function sha256Hex(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
