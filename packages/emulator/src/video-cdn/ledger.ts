/** The endpoints. */
export type VideoCdnPoint = 'add' | 'list' | 'delete';

/** What came in. */
export interface VideoCdnCounts {
  /** Requests that arrived, refused and broken ones too. */
  add: number;
  list: number;
  delete: number;
  /** The files that were fetched, or are to be, because of an add. */
  filesAccepted: number;
  /** One-time passwords that arrived. */
  otps: number;
  /** Those among them whose salt had arrived before, also with a request that a fault broke. */
  otpsReused: number;
  /** The most files that were pulled at once. */
  peakPulls: number;
}

/** One request as it came. */
export interface VideoCdnRequest {
  /** Real time, ms since the epoch. */
  time: number;
  endpoint: VideoCdnPoint;
  /** The form, without secrets. */
  parameters: Record<string, string>;
  /** The status answered, or `null` where no answer was given. */
  status: number | null;
}

/** Remembers what the emulated Video CDN was asked. */
export class VideoCdnLedger {
  readonly #keep: number;
  readonly #requests: VideoCdnRequest[] = [];
  readonly #salts = new Set<string>();
  readonly #counts: VideoCdnCounts = {
    add: 0,
    list: 0,
    delete: 0,
    filesAccepted: 0,
    otps: 0,
    otpsReused: 0,
    peakPulls: 0,
  };

  constructor(keep: number) {
    this.#keep = keep;
  }

  arrived(endpoint: VideoCdnPoint, otp: string | undefined): void {
    this.#counts[endpoint] += 1;
    const salt = otp?.split(':')[2];
    if (salt === undefined) return;
    this.#counts.otps += 1;
    if (this.#salts.has(salt)) this.#counts.otpsReused += 1;
    this.#salts.add(salt);
  }

  accepted(): void {
    this.#counts.filesAccepted += 1;
  }

  pulling(count: number): void {
    this.#counts.peakPulls = Math.max(this.#counts.peakPulls, count);
  }

  answered(request: Omit<VideoCdnRequest, 'time'>): void {
    if (this.#keep === 0) return;
    this.#requests.push({ time: Date.now(), ...request });
    if (this.#requests.length >= this.#keep * 2) this.#requests.splice(0, this.#requests.length - this.#keep);
  }

  /** The newest requests, oldest first. */
  requests(): VideoCdnRequest[] {
    return this.#keep === 0 ? [] : this.#requests.slice(-this.#keep);
  }

  counts(): VideoCdnCounts {
    return { ...this.#counts };
  }
}
