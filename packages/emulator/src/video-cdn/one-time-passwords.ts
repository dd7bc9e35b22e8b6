import { createHash, timingSafeEqual } from 'node:crypto';

/** Why a one-time password is refused. */
export type PasswordRefusal = 'malformed' | 'wrong' | 'expired' | 'used';

/** Takes `LOGIN:EXPIRE:SALT:md5hex(EXPIRE:SALT:PASSWORD)`, each once: EXPIRE in Unix seconds, by real time. */
export class OneTimePasswords {
  readonly #login: string;
  readonly #password: string;
  /** By salt. */
  readonly #used = new Set<string>();

  constructor(login: string, password: string) {
    this.#login = login;
    this.#password = password;
  }

  /** Undefined where it is taken; it is used up then. */
  take(otp: string, now: number): PasswordRefusal | undefined {
    const [, login, expire = '', salt = '', digest = ''] =
      /^([^:]+):(\d+):([A-Za-z0-9+,=]+):([0-9a-f]{32})$/.exec(otp) ?? [];
    if (login === undefined) return 'malformed';
    const expected = createHash('md5').update(`${expire}:${salt}:${this.#password}`).digest('hex');
    if (login !== this.#login || !timingSafeEqual(Buffer.from(expected), Buffer.from(digest))) return 'wrong';
    if (Number(expire) * 1_000 < now) return 'expired';
    if (this.#used.has(salt)) return 'used';
    this.#used.add(salt);
    return undefined;
  }
}
