import { SluiceError } from '../model/error.js';
import type { LeaseName, Store } from '../store/contract.js';
import type { Clock } from '../wire/clock.js';

/** A lease passes on so soon after its holder's death. Milliseconds. */
export const leaseMs = 15_000;
const renewEveryMs = 5_000;

interface Held {
  lease: LeaseName;
  until: number;
  lost: AbortController;
}

/** Keeps this process's leases alive while their steps run, and aborts the steps whose lease is gone. */
export class LeaseKeeper {
  readonly #held = new Map<string, Held>();
  readonly #store: Store;
  readonly #clock: Clock;
  #pause: AbortController | undefined;

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** @returns a signal that fires when the lease is lost, and a check to make right before an effect */
  hold(lease: LeaseName, until: number): { lost: AbortSignal; assertHeld(): void } {
    const held: Held = { lease, until, lost: new AbortController() };
    this.#held.set(lease.id, held);
    this.#keepRenewing();
    return {
      lost: held.lost.signal,
      assertHeld: () => {
        // A process that was suspended finds its lease run out before anybody could tell it.
        if (this.#clock.now() >= held.until) held.lost.abort(lostError(lease.id));
        if (held.lost.signal.aborted) throw lostError(lease.id);
      },
    };
  }

  /** The step has ended, or its last commit gave the lease back. */
  drop({ id, fence }: LeaseName): void {
    // Another step of this process may have leased the job since.
    if (this.#held.get(id)?.lease.fence === fence) this.#held.delete(id);
    if (this.#held.size === 0) this.#pause?.abort();
  }

  #keepRenewing(): void {
    if (this.#pause !== undefined) return;
    const pause = new AbortController();
    this.#pause = pause;
    this.#clock.sleep(renewEveryMs, pause.signal).then(
      async () => {
        await this.#renew();
        this.#pause = undefined;
        if (this.#held.size > 0) this.#keepRenewing();
      },
      () => {
        this.#pause = undefined;
        if (this.#held.size > 0) this.#keepRenewing();
      },
    );
  }

  async #renew(): Promise<void> {
    const until = this.#clock.now() + leaseMs;
    const leases = [...this.#held.values()].map(({ lease }) => lease);
    // A store that cannot be reached now is asked again; the leases run out by themselves if it stays so.
    const lost = await this.#store.renew(leases, until).catch(() => undefined);
    if (lost === undefined) return;
    for (const { id, fence } of leases) {
      const held = this.#held.get(id);
      if (held?.lease.fence !== fence) continue;
      if (lost.includes(id)) held.lost.abort(lostError(id));
      else held.until = until;
    }
  }
}

/** Another process has the job now. */
export function lostError(id: string): SluiceError {
  return new SluiceError({ code: 'aborted', message: `job ${id}: another process has taken it over` });
}
