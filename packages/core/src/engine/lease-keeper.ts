import { SluiceError } from '../model/error.js';
import type { LeaseName, Store } from '../store/contract.js';
import type { Clock } from '../wire/clock.js';

/** A lease passes on so soon after its holder's death. Milliseconds. */
export const leaseMs = 15_000;
const renewEveryMs = 5_000;

interface Held {
  lease: LeaseName;
  until: number;
  /** Somebody else has it. */
  lost: boolean;
  onLost(error: SluiceError): void;
}

/** A lease that is kept alive. */
export interface Hold {
  /** To be called right before an effect. @throws SluiceError `aborted` when the lease is lost */
  assertHeld(): void;
}

/** Keeps this process's leases alive while their steps run, and aborts the steps whose lease is gone. */
export class LeaseKeeper {
  readonly #held = new Map<string, Held>();
  readonly #store: Store;
  readonly #clock: Clock;
  /** Of the next renewal; absent when nothing is held, and while one is on its way. */
  #callOff: (() => void) | undefined;
  #renewing = false;

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Keeps the lease until it is dropped; tells when it is lost. */
  hold(lease: LeaseName, { until, onLost }: Pick<Held, 'until' | 'onLost'>): Hold {
    const held: Held = { lease, until, lost: false, onLost };
    this.#held.set(lease.id, held);
    this.#keepRenewing();
    return {
      assertHeld: () => {
        // A process that was suspended finds its lease run out before anybody could tell it.
        if (this.#clock.now() >= held.until) lose(held);
        if (held.lost) throw lostError(lease.id);
      },
    };
  }

  /** The step has ended, or its last commit gave the lease back. */
  drop({ id, fence }: LeaseName): void {
    // Another step of this process may have leased the job since.
    if (this.#held.get(id)?.lease.fence === fence) this.#held.delete(id);
    if (this.#held.size > 0) return;
    this.#callOff?.();
    this.#callOff = undefined;
  }

  #keepRenewing(): void {
    if (this.#held.size === 0 || this.#renewing) return;
    this.#callOff ??= this.#clock.after(renewEveryMs, () => {
      this.#callOff = undefined;
      this.#renewing = true;
      void this.#renew().then(() => {
        this.#renewing = false;
        this.#keepRenewing();
      });
    });
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
      if (lost.includes(id)) lose(held);
      else held.until = until;
    }
  }
}

function lose(held: Held): void {
  held.lost = true;
  held.onLost(lostError(held.lease.id));
}

/** Another process has the job now. */
export function lostError(id: string): SluiceError {
  return new SluiceError({ code: 'aborted', message: `job ${id}: another process has taken it over` });
}
