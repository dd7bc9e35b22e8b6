const wordsInDigest = 4;
const wordsInEntry = wordsInDigest + 1;
const fullest = 0.6;

/**
 * A number for each digest, for more digests than anybody would keep as objects: 20 bytes an entry, in one block. Of a digest, its first
 * 128 bits count.
 */
export class DigestMap {
  #capacity = 1024;
  #words = new Uint32Array(this.#capacity * wordsInEntry);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** @param digest hex, 32 digits or more */
  get(digest: string): number | undefined {
    const at = this.#find(readDigest(digest));
    const value = this.#words[at + wordsInDigest] ?? 0;
    return value === 0 ? undefined : value - 1;
  }

  /** @param value a whole number from 0 to 2^32 - 2 */
  set(digest: string, value: number): void {
    if (this.#size >= this.#capacity * fullest) this.#grow();
    this.#put(readDigest(digest), value + 1);
  }

  #put(digest: Uint32Array, stored: number): void {
    const at = this.#find(digest);
    if (this.#words[at + wordsInDigest] === 0) this.#size += 1;
    this.#words.set(digest, at);
    this.#words[at + wordsInDigest] = stored;
  }

  /** Where the digest stands, or would. */
  #find(digest: Uint32Array): number {
    for (let place = (digest[0] ?? 0) % this.#capacity; ; place = (place + 1) % this.#capacity) {
      const at = place * wordsInEntry;
      if (this.#words[at + wordsInDigest] === 0 || this.#isAt(at, digest)) return at;
    }
  }

  #isAt(at: number, digest: Uint32Array): boolean {
    for (let index = 0; index < wordsInDigest; index += 1) {
      if (this.#words[at + index] !== digest[index]) return false;
    }
    return true;
  }

  #grow(): void {
    const old = this.#words;
    this.#capacity *= 2;
    this.#words = new Uint32Array(this.#capacity * wordsInEntry);
    this.#size = 0;
    for (let at = 0; at < old.length; at += wordsInEntry) {
      const stored = old[at + wordsInDigest] ?? 0;
      if (stored !== 0) this.#put(old.slice(at, at + wordsInDigest), stored);
    }
  }
}

function readDigest(hex: string): Uint32Array {
  const words = new Uint32Array(wordsInDigest);
  for (let index = 0; index < wordsInDigest; index += 1) {
    words[index] = Number.parseInt(hex.slice(index * 8, index * 8 + 8), 16);
  }
  return words;
}
