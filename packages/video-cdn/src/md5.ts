/**
 * MD5 (RFC 1321) of a text's UTF-8 bytes, as lower-case hex. One-time passwords are defined with it, and the platform's own Web Crypto has
 * none. It is used for nothing else: MD5 proves no integrity.
 */
export function md5Hex(text: string): string {
  const words = padded(new TextEncoder().encode(text));
  let state: State = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];
  for (let block = 0; block < words.length; block += 16) state = compressed(state, words.subarray(block, block + 16));
  return state.map(littleEndianHex).join('');
}

type State = [number, number, number, number];

/** How far each step turns, by its round. */
const turns = [
  [7, 12, 17, 22],
  [5, 9, 14, 20],
  [4, 11, 16, 23],
  [6, 10, 15, 21],
] as const;

/** The integer part of 2^32 times the sine of each step's number. */
const sines = Uint32Array.from({ length: 64 }, (_, step) => Math.floor(2 ** 32 * Math.abs(Math.sin(step + 1))));

/** The bytes, one bit, zeros, and the length in bits: a multiple of 64 bytes, as little-endian words. */
function padded(bytes: Uint8Array): Uint32Array {
  const length = Math.ceil((bytes.length + 9) / 64) * 64;
  const message = new Uint8Array(length);
  message.set(bytes);
  message[bytes.length] = 0x80;
  const view = new DataView(message.buffer);
  view.setBigUint64(length - 8, BigInt(bytes.length) * 8n, true);
  return Uint32Array.from({ length: length / 4 }, (_, index) => view.getUint32(index * 4, true));
}

function compressed(state: State, words: Uint32Array): State {
  let [a, b, c, d] = state;
  for (let step = 0; step < 64; step += 1) {
    const [mixed, index] = mix(step, [a, b, c, d]);
    const sum = (a + mixed + (sines[step] ?? 0) + (words[index] ?? 0)) >>> 0;
    const turn = turns[step >> 4]?.[step & 3] ?? 0;
    [a, d, c, b] = [d, c, b, (b + ((sum << turn) | (sum >>> (32 - turn)))) >>> 0];
  }
  const [a0, b0, c0, d0] = state;
  return [(a0 + a) >>> 0, (b0 + b) >>> 0, (c0 + c) >>> 0, (d0 + d) >>> 0];
}

/** The round's function of the state, and which word it is added to. */
function mix(step: number, [, b, c, d]: State): [mixed: number, index: number] {
  if (step < 16) return [(b & c) | (~b & d), step];
  if (step < 32) return [(d & b) | (~d & c), (5 * step + 1) % 16];
  if (step < 48) return [b ^ c ^ d, (3 * step + 5) % 16];
  return [c ^ (b | ~d), (7 * step) % 16];
}

function littleEndianHex(word: number): string {
  return [0, 8, 16, 24].map((shift) => ((word >>> shift) & 0xff).toString(16).padStart(2, '0')).join('');
}
