import { Heap } from '../store/heap.js';
import type { Driven } from './driver.js';

/** So much room is kept free for each other provider that has jobs. */
const reserve = 8;

interface Share {
  /** How many of its jobs there are. */
  jobs: number;
  /** How many of them are moving. */
  moving: number;
  /** Those that are due and have to wait for one of these. */
  members: Set<Driven>;
  waiting: Heap<Driven>;
}

/** Sees to it that no provider takes all the room there is for moving: one that answers slowly would hold up the others. */
export class Shares {
  readonly #concurrency: number;
  readonly #shares = new Map<string, Share>();
  readonly #comesFirst: (a: Driven, b: Driven) => boolean;

  constructor(concurrency: number, comesFirst: (a: Driven, b: Driven) => boolean) {
    this.#concurrency = concurrency;
    this.#comesFirst = comesFirst;
  }

  add(job: Driven): void {
    this.#share(job.provider).jobs += 1;
  }

  remove(job: Driven): void {
    const share = this.#share(job.provider);
    share.jobs -= 1;
    share.members.delete(job);
    this.#forget(job.provider, share);
  }

  /** True for a job that is due and whose provider has its share: it waits here. */
  keeps(job: Driven): boolean {
    const share = this.#share(job.provider);
    if (share.moving < this.#most()) return false;
    if (!share.members.has(job)) share.waiting.add(job);
    share.members.add(job);
    return true;
  }

  begins(job: Driven): void {
    this.#share(job.provider).moving += 1;
  }

  /** @returns the one whose turn it is now */
  ends(job: Driven): Driven | undefined {
    const share = this.#share(job.provider);
    share.moving -= 1;
    this.#forget(job.provider, share);
    for (let next = share.waiting.pop(); next !== undefined; next = share.waiting.pop()) {
      if (share.members.delete(next)) return next;
    }
    return undefined;
  }

  #most(): number {
    const others = this.#shares.size - 1;
    return Math.max(1, Math.floor(this.#concurrency / (others + 1)), this.#concurrency - reserve * others);
  }

  #share(provider: string): Share {
    const known = this.#shares.get(provider);
    if (known !== undefined) return known;
    const share: Share = { jobs: 0, moving: 0, members: new Set(), waiting: new Heap(this.#comesFirst) };
    this.#shares.set(provider, share);
    return share;
  }

  #forget(provider: string, { jobs, moving }: Share): void {
    if (jobs === 0 && moving === 0) this.#shares.delete(provider);
  }
}
