import { isFinal } from '../../model/record.js';
import { isLaneOf } from '../contract.js';
import { Heap } from '../heap.js';
import type { Entry } from './entry.js';

/** Which of two entries in line comes first: the higher priority, then the older. */
function comesBefore(a: Entry, b: Entry): boolean {
  return a.priority === b.priority ? a.sequence < b.sequence : a.priority > b.priority;
}

function keepPlace(entry: Entry, index: number): void {
  entry.heapIndex = index;
}

/**
 * Who is next. An entry waits for its time in one heap, and then stands in its lane's line, so that a full lane with any
 * number of jobs in line is passed over at no cost.
 */
export class Schedule {
  readonly #waiting = new Heap<Entry>((a, b) => a.wakeAt < b.wakeAt, keepPlace);
  readonly #lines = new Map<string, Heap<Entry>>();

  /** Changes an entry's fields, and puts it where they say then. One that waits is moved only when its time comes sooner: a later one is seen in {@link Schedule.wake}. */
  change(entry: Entry, change: () => void): void {
    if (entry.ready) this.#leaveLine(entry);
    change();
    const at = readyAt(entry);
    const waits = entry.heapIndex !== -1;
    if (waits && at !== undefined && at >= entry.wakeAt) return;
    if (waits) this.#waiting.removeAt(entry.heapIndex);
    if (at !== undefined) this.#wait(entry, at);
  }

  /** Lets those into their lines whose time has come. */
  wake(now: number): void {
    for (let entry = this.#waiting.first; entry !== undefined && entry.wakeAt <= now; entry = this.#waiting.first) {
      this.#waiting.pop();
      const at = readyAt(entry) ?? now;
      if (at > now) {
        this.#wait(entry, at);
      } else {
        entry.ready = true;
        this.#line(entry.lane).add(entry);
      }
    }
  }

  /** The next in line of the providers, leaving out `closed` lanes except for `exempt` entries, which stand in them all the same. */
  next(options: {
    closed: ReadonlySet<string>;
    exempt: readonly Entry[];
    providers: readonly string[] | undefined;
  }): Entry | undefined {
    const { closed, exempt, providers } = options;
    let best: Entry | undefined;
    for (const [lane, line] of this.#lines) {
      if (!closed.has(lane) && isLaneOf(lane, providers)) best = first(best, line.first);
    }
    for (const entry of exempt) {
      if (entry.ready) best = first(best, entry);
    }
    return best;
  }

  #wait(entry: Entry, at: number): void {
    entry.wakeAt = at;
    this.#waiting.add(entry);
  }

  #leaveLine(entry: Entry): void {
    const line = this.#lines.get(entry.lane);
    line?.removeAt(entry.heapIndex);
    if (line?.size === 0) this.#lines.delete(entry.lane);
    entry.ready = false;
  }

  #line(lane: string): Heap<Entry> {
    let line = this.#lines.get(lane);
    if (line === undefined) {
      line = new Heap<Entry>(comesBefore, keepPlace);
      this.#lines.set(lane, line);
    }
    return line;
  }
}

/** When an entry may be leased; undefined for never. */
function readyAt({ state, dueAt, holder, leaseUntil }: Entry): number | undefined {
  if (isFinal(state) || dueAt === undefined) return undefined;
  return holder === undefined ? dueAt : Math.max(dueAt, leaseUntil);
}

function first(a: Entry | undefined, b: Entry | undefined): Entry | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return comesBefore(b, a) ? b : a;
}
