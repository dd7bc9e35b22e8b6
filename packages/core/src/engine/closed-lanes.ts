import type { Clock } from '../wire/clock.js';

/** How long a lane that is full is passed over when nobody says until when, in milliseconds: other processes may free it. */
const fullLaneMs = 500;

/**
 * The lanes that let nobody in for now, by their slots' name. A lane that was full once lets its jobs try one by one, so that
 * a thousand that wait cost no more than one.
 */
export class ClosedLanes {
  readonly #clock: Clock;
  readonly #until = new Map<string, number>();
  /** With what each was full of at the last try. */
  readonly #narrow = new Map<string, 'slot' | 'window'>();
  readonly #onOpen: () => void;

  constructor(clock: Clock, onOpen: () => void) {
    this.#clock = clock;
    this.#onOpen = onOpen;
  }

  /** The closed ones now. */
  names(): string[] {
    const now = this.#clock.now();
    for (const [lane, until] of this.#until) {
      if (until <= now) this.#until.delete(lane);
    }
    return [...this.#until.keys()];
  }

  /** How many may be leased at once, out of `room`: one by one while a narrow lane is open. */
  mostLeases(room: number): number {
    const closed = new Set(this.names());
    return [...this.#narrow.keys()].some((lane) => !closed.has(lane)) ? 1 : room;
  }

  /** One job of the lane is about to try. */
  tries(lane: string): void {
    if (this.#narrow.has(lane)) this.close(lane, Number.POSITIVE_INFINITY);
  }

  /** The limits let nobody in, until a moment where that is known. */
  full(lane: string, { what, until }: { what: 'slot' | 'window'; until?: number }): void {
    this.#narrow.set(lane, what);
    this.close(lane, until ?? this.#clock.now() + fullLaneMs);
  }

  close(lane: string, until: number): void {
    this.#until.set(lane, until);
  }

  /** There is room in the lane, or it is known now when there will be. */
  roomMade(lane: string, what: 'slot' | 'window'): void {
    if (this.#narrow.get(lane) === what) this.open(lane);
  }

  /** One got in, or left: the next one may try. */
  open(lane: string): void {
    this.#until.delete(lane);
    this.#onOpen();
  }

  /** Nobody is due in the lanes that were not passed over: none of them is narrow any more. */
  forgetEmpty(passedOver: readonly string[]): void {
    const closed = new Set([...passedOver, ...this.#until.keys()]);
    for (const lane of this.#narrow.keys()) {
      if (!closed.has(lane)) this.#narrow.delete(lane);
    }
  }
}
