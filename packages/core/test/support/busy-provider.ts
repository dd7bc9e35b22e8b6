import type { AdapterMembers } from '../../src/model/adapter.js';
import { running } from './acme.js';
import type { ManualClock } from './manual-clock.js';

/** A provider that works for a while on each job, and measures what is asked of it. */
export class BusyProvider {
  /** The names of the jobs, in the order of their starts. */
  readonly order: string[] = [];
  readonly startedAt: number[] = [];
  readonly lookedAt: number[] = [];
  /** When a look saw a job done. */
  readonly seenDoneAt: number[] = [];
  /** How many it worked on at once, at most. */
  mostAtOnce = 0;
  /** Calls about one job that overlapped: always a fault of whoever calls. */
  overlaps = 0;
  readonly members: Partial<AdapterMembers>;
  readonly #clock: ManualClock;
  readonly #workMs: number;
  readonly #endsAt = new Map<string, number>();
  readonly #inCall = new Set<string>();

  /** @param options.callMs how long the answer to a call takes */
  constructor(clock: ManualClock, options: { workMs: number; callMs?: number }) {
    const { workMs, callMs = 0 } = options;
    this.#clock = clock;
    this.#workMs = workMs;
    this.members = {
      start: (request, { signal }) =>
        this.#call(request.id, async () => {
          this.#begin(request.id, request.name);
          if (callMs > 0) await clock.sleep(callMs, signal);
          return { ref: request.id, snapshot: running() };
        }),
      status: (ref, { signal }) =>
        this.#call(String(ref), async () => {
          this.lookedAt.push(clock.now());
          if (callMs > 0) await clock.sleep(callMs, signal);
          if (clock.now() < (this.#endsAt.get(String(ref)) ?? 0)) return running();
          this.seenDoneAt.push(clock.now());
          return { state: 'completed', rawState: 'done' };
        }),
    };
  }

  /** How often more than `max` calls came within any stretch of `windowMs`. */
  static crowded(times: number[], { max, windowMs }: { max: number; windowMs: number }): number {
    return times.filter((at, index) => at - (times[index - max] ?? Number.NEGATIVE_INFINITY) < windowMs).length;
  }

  #begin(id: string, name: string): void {
    const now = this.#clock.now();
    this.order.push(name);
    this.startedAt.push(now);
    this.#endsAt.set(id, now + this.#workMs);
    this.mostAtOnce = Math.max(this.mostAtOnce, [...this.#endsAt.values()].filter((end) => end > now).length);
  }

  async #call<T>(id: string, work: () => Promise<T>): Promise<T> {
    if (this.#inCall.has(id)) this.overlaps += 1;
    this.#inCall.add(id);
    try {
      return await work();
    } finally {
      this.#inCall.delete(id);
    }
  }
}
