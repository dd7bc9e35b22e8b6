import type { TwelvelabsPoint } from './exchange.js';

/** What came in. */
export interface TwelvelabsCounts extends Record<TwelvelabsPoint, number> {
  /** PUTs of chunks that arrived at the object store, and their bytes. */
  part: number;
  form: number;
  bytesReceived: number;
  /** What exists because of them. */
  importsStarted: number;
  assetsCreated: number;
  indexedCreated: number;
  /** Imports that were refused because another one ran, and calls that the rate limit refused; faults do not count. */
  refusedBusy: number;
  refused429: number;
}

/** One request to the API as it came. */
export interface TwelvelabsRequest {
  /** Real time, ms since the epoch. */
  time: number;
  method: string;
  /** Such as `/assets`. */
  path: string;
  query: Record<string, string>;
  /** The parsed body; of a form its fields, without the file. */
  body: unknown;
  /** The status answered, or `null` where no answer was given. */
  status: number | null;
}

/** Remembers what the emulated TwelveLabs was asked. */
export class TwelvelabsLedger {
  readonly #keep: number;
  readonly #requests: TwelvelabsRequest[] = [];
  readonly #counts: TwelvelabsCounts = {
    index: 0,
    import: 0,
    'import-status': 0,
    'import-logs': 0,
    asset: 0,
    'asset-list': 0,
    'asset-status': 0,
    'upload-session': 0,
    'upload-urls': 0,
    'upload-report': 0,
    'upload-list': 0,
    'index-asset': 0,
    'indexed-status': 0,
    part: 0,
    form: 0,
    bytesReceived: 0,
    importsStarted: 0,
    assetsCreated: 0,
    indexedCreated: 0,
    refusedBusy: 0,
    refused429: 0,
  };

  constructor(keep: number) {
    this.#keep = keep;
  }

  count(what: keyof TwelvelabsCounts, by = 1): void {
    this.#counts[what] += by;
  }

  answered(request: Omit<TwelvelabsRequest, 'time'>): void {
    if (this.#keep === 0) return;
    this.#requests.push({ time: Date.now(), ...request });
    if (this.#requests.length >= this.#keep * 2) this.#requests.splice(0, this.#requests.length - this.#keep);
  }

  /** The newest requests, oldest first. */
  requests(): TwelvelabsRequest[] {
    return this.#keep === 0 ? [] : this.#requests.slice(-this.#keep);
  }

  counts(): TwelvelabsCounts {
    return { ...this.#counts };
  }
}
