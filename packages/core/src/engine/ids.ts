const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

/** A new id: `prefix`, the time (so that ids sort by age), and 80 random bits. */
export function newId(prefix: string, now: number): string {
  let id = `${prefix}_${now.toString(36)}`;
  for (const byte of randomBytes(16)) id += alphabet[byte % 32];
  return id;
}

/** A secret of 160 random bits, in letters and digits. */
export function newToken(): string {
  return Array.from(randomBytes(32), (byte) => alphabet[byte % 32]).join('');
}

/** Random bytes, drawn many at a time: to ask for them takes longer than to use them. */
const drawn = new Uint8Array(4_096);
let used = drawn.length;

function randomBytes(count: number): Uint8Array {
  if (used + count > drawn.length) {
    crypto.getRandomValues(drawn);
    used = 0;
  }
  used += count;
  return drawn.subarray(used - count, used);
}
