import type * as z from 'zod';
import type { ErrorCode, RetryAdvice } from './error.js';
import type { JsonValue } from './json.js';

/**
 * What a call may leave behind at the provider. `none`: nothing (GET unless said otherwise); `repeatable`: the same
 * however often it is sent; `once`: each one counts (every other method unless said otherwise). The wire repeats a
 * `once` call only when it surely did nothing.
 */
export type CallEffect = 'none' | 'repeatable' | 'once';

/** One call to the provider's API. */
export interface HttpCall {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the wire's `baseUrl`, with its leading slash. */
  path: string;
  /** Undefined values are left out. */
  query?: Record<string, string | number | boolean | undefined>;
  headers?: Record<string, string>;
  /** A JSON body. */
  json?: JsonValue;
  /** An `application/x-www-form-urlencoded` body. */
  form?: Record<string, string>;
  /** A `multipart/form-data` body of texts. Bytes go by an upload. */
  multipart?: Record<string, string>;
  effect?: CallEffect;
  /** For one attempt, in milliseconds, where the provider takes its time over this call; in place of the setting. */
  timeoutMs?: number;
}

/** An answer with a 2xx status. */
export interface HttpAnswer {
  status: number;
  /** A header's value, by its name in any case. */
  header(name: string): string | undefined;
  /** The body, for what is no JSON. */
  text: string;
  /**
   * The JSON body, read by `schema`.
   * @throws SluiceError `protocol` when the body is no JSON or does not fit
   */
  parse<T extends z.ZodType>(schema: T): z.output<T>;
}

/** An answer with another status, for {@link Wire.readError}. */
export interface HttpRefusal {
  status: number;
  header(name: string): string | undefined;
  /** The JSON body; undefined when the body is no JSON. */
  json: JsonValue | undefined;
  /** The body as it is. */
  text: string;
}

/** What an adapter makes of a refusal. What is left out, core fills in from the status. */
export interface RefusalDetails {
  code?: ErrorCode;
  message?: string;
  retry?: RetryAdvice;
  providerCode?: string;
  requestId?: string;
  /** As the body says; `Retry-After` and rate headers are read by core. */
  retryAfterMs?: number;
  /** The provider says that it did nothing: even a `once` call may be repeated. */
  refused?: boolean;
}

/** Gives the headers for a call; with `refused`, those of an earlier call that the provider answered with 401. */
export type Authorize = (context: {
  /** Makes calls without an authorization. */
  http: Http;
  /** Epoch milliseconds. */
  now: number;
  refused?: Record<string, string>;
}) => Promise<Record<string, string>>;

/** How an adapter's calls are made. */
export interface Wire {
  /** Where the API is. Trusted: the address guard does not apply to it. */
  baseUrl: string;
  /** Headers for every call, such as the authorization. */
  headers?: Record<string, string>;
  /** Headers that must be fetched first, such as a token's; made by `renewable`. Asked before each attempt, and once after a 401. */
  authorize?: Authorize;
  /**
   * The call as it goes out. Asked before each attempt, for what must be new every time or stands among the parameters, such as a one-time
   * password, or is made of the call itself, such as an HMAC: `json` goes out as `JSON.stringify` writes it. `now` is in epoch milliseconds.
   */
  sign?(call: HttpCall, now: number): HttpCall | Promise<HttpCall>;
  /** Reads the provider's own error bodies. */
  readError?(refusal: HttpRefusal): RefusalDetails;
}

/** The only way for an adapter to reach the network. */
export interface Http {
  /**
   * Makes a call: authorized, traced, retried where that is safe, timed out, and read.
   * @throws SluiceError for every status but 2xx and for every failure; `ambiguous` where a `once` call may have taken effect
   */
  call(call: HttpCall): Promise<HttpAnswer>;
}
