import type { Authorize, Http } from '../model/http.js';

/** Headers that authorize calls for a while, such as those of an access token. */
export interface Authorization {
  headers: Record<string, string>;
  /** How long they hold, in milliseconds; without it, until they are refused. */
  lastsMs?: number;
}

interface Kept {
  fetching: Promise<Authorization>;
  /** Set once they are there. */
  headers?: Record<string, string>;
  /** Epoch milliseconds. */
  renewAt: number;
}

/** Renewed so long before their end, in milliseconds: a call takes its time. Short-lived ones at half of their life. */
const marginMs = 60_000;

/**
 * Keeps an authorization for all calls of one provider: fetched when it is first needed, again shortly before it ends, and once
 * after it was refused; never twice at the same time.
 */
export function renewable(fetchAuthorization: (http: Http) => Promise<Authorization>): Authorize {
  let kept: Kept | undefined;
  const fetchNew = (http: Http, now: number): Kept => {
    const fresh: Kept = { fetching: fetchAuthorization(http), renewAt: Number.POSITIVE_INFINITY };
    fresh.fetching.then(
      ({ headers, lastsMs }) => {
        fresh.headers = headers;
        if (lastsMs !== undefined) fresh.renewAt = now + Math.max(lastsMs - marginMs, lastsMs / 2);
      },
      () => {
        if (kept === fresh) kept = undefined;
      },
    );
    return fresh;
  };
  return async ({ http, now, refused }) => {
    const usable = kept !== undefined && now < kept.renewAt && (refused === undefined || kept.headers !== refused);
    const current = usable && kept !== undefined ? kept : fetchNew(http, now);
    kept = current;
    return (await current.fetching).headers;
  };
}
