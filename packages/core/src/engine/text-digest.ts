import { sha256Hex } from '#platform';

const encoder = new TextEncoder();

/** Lower-case hex of the SHA-256 of a text. */
export function textDigest(text: string): Promise<string> {
  return sha256Hex(encoder.encode(text));
}
