import type { HttpCall, Wire } from '@sluice/core/adapter';
import { md5Hex } from './md5.js';
import type { ParsedSettings } from './settings.js';

/** How calls are authorized: the same headers for all, or a parameter of each attempt's own. */
export function authorizationOf(settings: ParsedSettings): Pick<Wire, 'headers' | 'sign'> {
  const { login, password, auth } = settings;
  if (auth === 'basic') return { headers: { authorization: `Basic ${base64(encoded(`${login}:${password}`))}` } };
  return {
    sign: (call: HttpCall, now: number) => {
      const otp = oneTimePassword(settings, now);
      // In the body, so that it stands in no access log.
      return { ...call, form: { ...call.form, [settings.parameters.otp]: otp } };
    },
  };
}

/**
 * `LOGIN:EXPIRE:SALT:md5hex(EXPIRE:SALT:PASSWORD)`: EXPIRE in Unix seconds, SALT base64 with `,` for `/`. The provider takes each salt once,
 * so 128 random bits are drawn for every attempt.
 */
function oneTimePassword({ login, password, otpLifetimeMs }: ParsedSettings, now: number): string {
  const expire = Math.ceil((now + otpLifetimeMs) / 1_000);
  const salt = base64(crypto.getRandomValues(new Uint8Array(16))).replaceAll('/', ',');
  return `${login}:${expire}:${salt}:${md5Hex(`${expire}:${salt}:${password}`)}`;
}

function encoded(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}
