import type { FireworkPoint } from './exchange.js';

/** What came in. */
export interface FireworkCounts {
  /** Requests that arrived at each endpoint, refused and broken ones too. */
  token: number;
  signature: number;
  'multipart-signatures': number;
  complete: number;
  create: number;
  'import-status': number;
  video: number;
  update: number;
  /** PUTs of parts and POSTs of forms that arrived at the object store. */
  part: number;
  form: number;
  /** Bytes of those that arrived. */
  bytesReceived: number;
  /** The videos that exist because of them. */
  videosCreated: number;
  /** Requests that the rate limit refused; faults do not count. */
  refused429: number;
}

/** One request to the API as it came. */
export interface FireworkRequest {
  /** Real time, ms since the epoch. */
  time: number;
  method: string;
  /** Such as `/api/v1/videos`. */
  path: string;
  /** The parsed body; the metadata of a file; of a token request without its secret. */
  body: unknown;
  /** The status answered, or `null` where no answer was given. */
  status: number | null;
}

/** Remembers what the emulated Firework was asked. */
export class FireworkLedger {
  readonly #keep: number;
  readonly #requests: FireworkRequest[] = [];
  readonly #counts: FireworkCounts = {
    token: 0,
    signature: 0,
    'multipart-signatures': 0,
    complete: 0,
    create: 0,
    'import-status': 0,
    video: 0,
    update: 0,
    part: 0,
    form: 0,
    bytesReceived: 0,
    videosCreated: 0,
    refused429: 0,
  };

  constructor(keep: number) {
    this.#keep = keep;
  }

  count(what: FireworkPoint | 'part' | 'form' | 'bytesReceived' | 'videosCreated' | 'refused429', by = 1): void {
    this.#counts[what] += by;
  }

  answered(request: Omit<FireworkRequest, 'time'>): void {
    if (this.#keep === 0) return;
    this.#requests.push({ time: Date.now(), ...request });
    if (this.#requests.length >= this.#keep * 2) this.#requests.splice(0, this.#requests.length - this.#keep);
  }

  /** The newest requests, oldest first. */
  requests(): FireworkRequest[] {
    return this.#keep === 0 ? [] : this.#requests.slice(-this.#keep);
  }

  counts(): FireworkCounts {
    return { ...this.#counts };
  }
}
