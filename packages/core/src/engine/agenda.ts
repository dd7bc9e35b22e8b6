import { Heap } from '../store/heap.js';
import type { Driven } from './driver.js';
import { comesFirst } from './lanes.js';

interface Entry {
  job: Driven;
  version: number;
  at: number;
}

/** When each job is due. A job has one time: when it is put down anew or left out, what was put down before counts no more. */
export class Agenda {
  readonly #entries = new Heap<Entry>(isBefore);

  put(job: Driven, at: number): void {
    job.version += 1;
    this.#entries.add({ job, version: job.version, at });
  }

  leaveOut(job: Driven): void {
    job.version += 1;
  }

  /** When the first one is due. Epoch milliseconds. */
  firstAt(): number | undefined {
    return this.#first()?.at;
  }

  /** Takes out the first one, if it is due. */
  takeDue(now: number): Driven | undefined {
    const first = this.#first();
    if (first === undefined || first.at > now) return undefined;
    this.#entries.pop();
    return first.job;
  }

  #first(): Entry | undefined {
    let { first } = this.#entries;
    while (first !== undefined && first.version !== first.job.version) {
      this.#entries.pop();
      ({ first } = this.#entries);
    }
    return first;
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.at === b.at ? comesFirst(a.job, b.job) : a.at < b.at;
}
