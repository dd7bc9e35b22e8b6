import type { JobRecord } from '../model/record.js';
import type { Clock } from '../wire/clock.js';
import type { Advanced } from './advance.js';
import { type Circuited, Circuits } from './circuits.js';
import type { ClosedLanes } from './closed-lanes.js';

/** So long at least a lane of a provider that is down is passed over, in milliseconds: also while one of its jobs tries. */
const leastPauseMs = 2_000;

/** A job that was leased. */
export interface MetJob extends Circuited {
  readonly id: string;
  /** Its slots' name. */
  readonly lane: string;
}

/**
 * The circuits of one who works a store: the lanes of a provider that is down are passed over, and of the jobs that were met before that was known
 * one is tried now and then. When the provider answers again, its lanes are open at once, and those jobs are wanted.
 */
export class StoreCircuits {
  readonly #clock: Clock;
  readonly #lanes: ClosedLanes;
  readonly #circuits: Circuits<MetJob>;
  readonly #kept = new Map<string, MetJob>();
  readonly #wanted = new Set<string>();
  /** The lanes that were closed, by their providers. */
  readonly #closed = new Map<string, Set<string>>();

  /** @param onWanted told that a job is to be tried at once */
  constructor(clock: Clock, lanes: ClosedLanes, onWanted: () => void) {
    this.#clock = clock;
    this.#lanes = lanes;
    this.#circuits = new Circuits(clock, ({ id }) => {
      this.#wanted.add(id);
      onWanted();
    });
  }

  /** Jobs to be tried now, whether they are due or not. */
  takeWanted(most: number): string[] {
    const taken = [...this.#wanted].slice(0, Math.max(0, most));
    for (const id of taken) this.#wanted.delete(id);
    return taken;
  }

  /** The job is in hand now. */
  meet({ id, provider, deadlineAt }: JobRecord, lane: string): MetJob {
    this.#wanted.delete(id);
    const known = this.#kept.get(id);
    this.#kept.delete(id);
    if (known !== undefined) known.deadlineAt = deadlineAt;
    return known ?? { id, provider, lane, deadlineAt, addedAt: this.#clock.now() };
  }

  /** Keeps a job whose provider is down, if it is not the one that tries. @returns until when, in epoch milliseconds */
  keeps(job: MetJob): number | undefined {
    if (!this.#circuits.keeps(job)) return undefined;
    const { id, provider, lane } = job;
    this.#kept.set(id, job);
    const { probeAt = 0 } = this.#openOf(provider) ?? {};
    const until = Math.max(probeAt, this.#clock.now() + leastPauseMs);
    this.#lanes.close(lane, until);
    this.#closed.set(provider, (this.#closed.get(provider) ?? new Set()).add(lane));
    return until;
  }

  /** A step of the job has ended. */
  settled(job: MetJob, advanced: Advanced): void {
    const { provider } = job;
    this.#circuits.settled(job, advanced);
    if (this.#openOf(provider) !== undefined) return;
    for (const lane of this.#closed.get(provider) ?? []) this.#lanes.open(lane);
    this.#closed.delete(provider);
  }

  /** One that was wanted is over, or another process has it. */
  gone(id: string): void {
    const job = this.#kept.get(id);
    this.#kept.delete(id);
    if (job !== undefined) this.#circuits.leave(job);
  }

  /** Lets go of every timer. */
  end(): void {
    this.#circuits.end();
  }

  #openOf(provider: string) {
    return this.#circuits.open().find((one) => one.provider === provider);
  }
}
