import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { SluiceError } from '@sluice/core/adapter';

const algorithm = 'aes-256-gcm';
const layout = { version: 1, nonceBytes: 12, tagBytes: 16 } as const;
const headBytes = 1 + layout.nonceBytes + layout.tagBytes;

/** How many of the last sealings are remembered: as many as may be moving at once, not as many as wait. */
const rememberedSealings = 512;

/** Seals texts so that only who has the key can read them, and only as what they were sealed for. */
export class Sealer {
  readonly #key: Buffer;
  /** By owner. A job's secrets stay the same for most of its life, and the cipher costs as much as the database. */
  readonly #recent = new Map<string, { text: string; sealed: Buffer }>();
  /** Random bytes that are not used yet: to ask for a few at a time is dear. */
  #random = Buffer.alloc(0);

  /** @param key 32 bytes */
  constructor(key: Buffer) {
    this.#key = key;
  }

  /**
   * AES-256-GCM under a random nonce: version, nonce, tag, text. The same text of the same owner may come out the same.
   * @param owner whose it is: sealed bytes that were moved to another owner do not open
   */
  seal(text: string, owner: string): Buffer {
    const known = this.#recent.get(owner);
    if (known?.text === text) return known.sealed;
    const nonce = this.#nonce();
    const cipher = createCipheriv(algorithm, this.#key, nonce).setAAD(Buffer.from(owner));
    const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    const sealed = Buffer.concat([Buffer.of(layout.version), nonce, cipher.getAuthTag(), body]);
    this.#remember(owner, { text, sealed });
    return sealed;
  }

  /** @throws SluiceError `integrity` when it was changed, moved, or sealed with another key */
  open(bytes: Uint8Array, owner: string): string {
    const sealed = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const known = this.#recent.get(owner);
    if (known?.sealed.equals(sealed)) return known.text;
    try {
      const nonce = sealed.subarray(1, 1 + layout.nonceBytes);
      const decipher = createDecipheriv(algorithm, this.#key, nonce, { authTagLength: layout.tagBytes });
      decipher.setAAD(Buffer.from(owner)).setAuthTag(sealed.subarray(1 + layout.nonceBytes, headBytes));
      const text = decipher.update(sealed.subarray(headBytes), undefined, 'utf8') + decipher.final('utf8');
      this.#remember(owner, { text, sealed });
      return text;
    } catch (cause) {
      throw new SluiceError({
        code: 'integrity',
        message: `what is sealed of ${owner} was changed or belongs elsewhere: put a backup of the file in its place`,
        cause,
      });
    }
  }

  #remember(owner: string, sealing: { text: string; sealed: Buffer }): void {
    this.#recent.delete(owner);
    this.#recent.set(owner, sealing);
    if (this.#recent.size <= rememberedSealings) return;
    const [oldest] = this.#recent.keys();
    if (oldest !== undefined) this.#recent.delete(oldest);
  }

  #nonce(): Buffer {
    if (this.#random.length === 0) this.#random = randomBytes(256 * layout.nonceBytes);
    const nonce = this.#random.subarray(0, layout.nonceBytes);
    this.#random = this.#random.subarray(layout.nonceBytes);
    return nonce;
  }
}

/** Whose a job's secrets are. */
export const jobOwner = (id: string): string => `job ${id}`;

/** Whose a message's body is. */
export const messageOwner = (id: string): string => `message ${id}`;
