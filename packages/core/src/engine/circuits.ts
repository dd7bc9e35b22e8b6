import { Heap } from '../store/heap.js';
import type { Clock } from '../wire/clock.js';
import type { Advanced } from './advance.js';
import { Timer } from './timer.js';

/** So many failed calls in a row, of any jobs, mean that the provider is down. */
const mostFailures = 5;
/** How soon one job is let out to see whether it is back, in milliseconds. */
const probeMs = { first: 1_000, longest: 30_000, factor: 2 };

/** The errors that a provider gives that is not there. `unknown`: a start that was cut. */
const downCodes = new Set(['unavailable', 'timeout', 'unknown']);

/** A job as far as its provider's circuit goes. */
export interface Circuited {
  readonly provider: string;
  /** When this process began to move it. Epoch milliseconds. */
  readonly addedAt: number;
  /** When it is given up, whatever keeps it. */
  deadlineAt: number | undefined;
}

interface Circuit<Job> {
  failures: number;
  /** Undefined while it is closed and everybody passes. */
  open: { since: number; probing: Job | undefined; waitMs: number; probeAt: number } | undefined;
  members: Set<Job>;
  /** In the order in which they came. Entries that are no members are stale. */
  waiting: Heap<{ job: Job; turn: number }>;
  timer: Timer;
}

/** A provider that does not answer. */
export interface OpenCircuit {
  provider: string;
  /** Epoch milliseconds. */
  since: number;
  /** When it is tried again. Epoch milliseconds. */
  probeAt: number;
}

/**
 * Keeps the jobs of a provider that is down from being moved, all but one now and then: so they hold up nobody else, nothing is sent into
 * the void, and starts that would be cut are not even begun.
 */
export class Circuits<Job extends Circuited> {
  readonly #clock: Clock;
  readonly #letTry: (job: Job) => void;
  readonly #circuits = new Map<string, Circuit<Job>>();
  #turn = 0;

  constructor(clock: Clock, letTry: (job: Job) => void) {
    this.#clock = clock;
    this.#letTry = letTry;
  }

  /** The providers that are down. */
  open(): OpenCircuit[] {
    return [...this.#circuits].flatMap(([provider, { open }]) =>
      open === undefined ? [] : [{ provider, since: open.since, probeAt: open.probeAt }],
    );
  }

  /** Keeps a job that is about to move, if its provider is down and it is not the one that tries. */
  keeps(job: Job): boolean {
    const circuit = this.#circuits.get(job.provider);
    if (circuit?.open === undefined || circuit.open.probing === job) return false;
    if (job.deadlineAt !== undefined && job.deadlineAt <= this.#clock.now()) {
      circuit.members.delete(job);
      return false;
    }
    if (!circuit.members.has(job)) {
      circuit.members.add(job);
      this.#turn += 1;
      circuit.waiting.add({ job, turn: this.#turn });
    }
    if (circuit.open.probing === undefined) this.#setTimer(circuit);
    return true;
  }

  /** A step of the job has ended. */
  settled(job: Job, advanced: Advanced): void {
    const verdict = verdictOf(advanced, job);
    const circuit = this.#circuits.get(job.provider);
    if (circuit?.open?.probing === job) this.#probed(circuit, verdict);
    else if (verdict === 'answered') this.#close(job.provider);
    else if (verdict === 'down') this.#failed(job.provider);
  }

  /** The job is not moved any more. */
  leave(job: Job): void {
    const circuit = this.#circuits.get(job.provider);
    circuit?.members.delete(job);
    if (circuit?.open?.probing === job) this.#probed(circuit, undefined);
  }

  /** Lets go of every timer. */
  end(): void {
    for (const { timer } of this.#circuits.values()) timer.clear();
    this.#circuits.clear();
  }

  #failed(provider: string): void {
    const circuit = this.#circuits.get(provider) ?? this.#create(provider);
    circuit.failures += 1;
    if (circuit.open !== undefined || circuit.failures < mostFailures) return;
    const now = this.#clock.now();
    circuit.open = { since: now, probing: undefined, waitMs: probeMs.first, probeAt: now + probeMs.first };
    this.#setTimer(circuit);
  }

  #probed(circuit: Circuit<Job>, verdict: 'answered' | 'down' | undefined): void {
    const { open } = circuit;
    if (open === undefined) return;
    const { provider } = open.probing ?? {};
    open.probing = undefined;
    if (verdict === 'answered' && provider !== undefined) {
      this.#close(provider);
      return;
    }
    if (verdict === 'down') open.waitMs = Math.min(probeMs.longest, open.waitMs * probeMs.factor);
    // Where nobody was asked, the next one asks at once.
    open.probeAt = this.#clock.now() + (verdict === undefined ? 0 : open.waitMs);
    this.#setTimer(circuit);
  }

  /** It answers: everybody goes on. */
  #close(provider: string): void {
    const circuit = this.#circuits.get(provider);
    if (circuit === undefined) return;
    this.#circuits.delete(provider);
    circuit.timer.clear();
    for (const job of circuit.members) this.#letTry(job);
  }

  #setTimer(circuit: Circuit<Job>): void {
    if (circuit.open !== undefined) circuit.timer.set(circuit.open.probeAt, () => this.#probe(circuit));
  }

  #probe(circuit: Circuit<Job>): void {
    const { open } = circuit;
    if (open === undefined || open.probing !== undefined) return;
    for (let next = circuit.waiting.pop(); next !== undefined; next = circuit.waiting.pop()) {
      if (!circuit.members.delete(next.job)) continue;
      open.probing = next.job;
      this.#letTry(next.job);
      return;
    }
  }

  #create(provider: string): Circuit<Job> {
    const circuit: Circuit<Job> = {
      failures: 0,
      open: undefined,
      members: new Set(),
      waiting: new Heap((a, b) => a.turn < b.turn),
      timer: new Timer(this.#clock),
    };
    this.#circuits.set(provider, circuit);
    return circuit;
  }
}

/** What a step says of the provider; undefined where it was not asked. */
function verdictOf(advanced: Advanced, { addedAt }: Circuited): 'answered' | 'down' | undefined {
  if (advanced.next === 'held' || advanced.next === 'full' || advanced.next === 'busy') return undefined;
  // A store that cannot be written says nothing of the provider either.
  if (advanced.next === 'stuck')
    return isDown(advanced.error) && advanced.error.provider !== undefined ? 'down' : undefined;
  const { waitingFor, error, startedAt } = advanced.record;
  // What a process that died left open says nothing of the provider.
  if (error?.code === 'unknown' && (startedAt ?? 0) < addedAt) return undefined;
  if (advanced.next === 'final') return error !== undefined && isDown(error) ? 'down' : 'answered';
  const said = waitingFor?.error;
  // Asked what became of a start, it answered and knew nothing of it yet.
  if (said === undefined || said.code === 'unknown') return 'answered';
  return isDown(said) ? 'down' : 'answered';
}

function isDown({ code }: { code: string }): boolean {
  return downCodes.has(code);
}
