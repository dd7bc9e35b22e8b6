import type { JobRecord } from '../../model/record.js';
import { slotsName } from '../../store/contract.js';
import type { Provider } from '../providers.js';
import { PriorityLines } from './priority-lines.js';

/** So many of a lane are on their way to the provider at once: what has begun is brought to its end before more is begun. */
const mostUnbegun = 128;
/** Of a lane that lets in so many jobs at once, so many more are ready to follow. */
const readyBehind = 64;

/** A request in hand, saved as a job. */
export interface InHand<Request> {
  index: number;
  request: Request;
  key: string | undefined;
  sameAs: number | undefined;
  weight: number;
  provider: Provider;
  record: JobRecord;
  /** The provider has it. */
  begun: boolean;
}

interface Lane<Request> {
  waiting: PriorityLines<InHand<Request>>;
  following: number;
  unbegun: number;
  most: number;
}

/** The requests in hand that are not followed yet, each in its lane, the higher priority first. */
export class Parked<Request> {
  readonly #lanes = new Map<string, Lane<Request>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(one: InHand<Request>): void {
    this.#lane(one).waiting.add(one, one.record.priority);
    this.#size += 1;
  }

  /** Takes out the next one of the lane that `near` is in, when there is room for it. */
  next(near: InHand<Request>): InHand<Request> | undefined {
    const lane = this.#lane(near);
    if (lane.following >= lane.most || lane.unbegun >= mostUnbegun) return undefined;
    const next = lane.waiting.take();
    if (next === undefined) return undefined;
    lane.following += 1;
    if (!next.begun) lane.unbegun += 1;
    this.#size -= 1;
    return next;
  }

  /** The provider has one that was taken out. */
  begins(one: InHand<Request>): void {
    if (one.begun) return;
    one.begun = true;
    this.#lane(one).unbegun -= 1;
  }

  /** One that was taken out is over. */
  done(one: InHand<Request>): void {
    const lane = this.#lane(one);
    lane.following -= 1;
    if (!one.begun) lane.unbegun -= 1;
    if (lane.following === 0 && lane.waiting.size === 0) this.#lanes.delete(laneOf(one));
  }

  /** All of them, in no order. */
  *drain(): Iterable<InHand<Request>> {
    for (const { waiting } of this.#lanes.values()) {
      for (let one = waiting.take(); one !== undefined; one = waiting.take()) {
        this.#size -= 1;
        yield one;
      }
    }
  }

  #lane(one: InHand<Request>): Lane<Request> {
    const name = laneOf(one);
    const known = this.#lanes.get(name);
    if (known !== undefined) return known;
    const { jobs } = one.provider.limitsIn(one.record.lane);
    const lane: Lane<Request> = {
      waiting: new PriorityLines(),
      following: 0,
      unbegun: 0,
      most: jobs === undefined ? Number.POSITIVE_INFINITY : jobs + readyBehind,
    };
    this.#lanes.set(name, lane);
    return lane;
  }
}

function laneOf({ record }: InHand<unknown>): string {
  return slotsName(record.provider, record.lane);
}
