/** The longest delay that a timer of Node takes, in ms; anything longer is armed again when it fires. */
const LONGEST_DELAY_MS = 2_147_483_647;

interface Timer {
  due: number;
  action: () => void;
  handle: NodeJS.Timeout | undefined;
}

/**
 * The providers' clock. It starts at the wall clock's time and runs `speed` times as fast, so that an hour of a
 * provider's rate window, or the seven days that it keeps a file, need not be waited for.
 */
export class HurriedClock {
  readonly speed: number;
  readonly #startedAt = Date.now();
  readonly #startedTick = performance.now();
  readonly #timers = new Set<Timer>();
  #advanced = 0;
  #closed = false;

  /** @param speed seconds of provider time per second of real time; more than zero */
  constructor(speed: number) {
    if (!Number.isFinite(speed) || speed <= 0) throw new RangeError(`speed must be more than 0, not ${speed}`);
    this.speed = speed;
  }

  /** The provider's time in whole ms since the epoch. */
  now(): number {
    return Math.floor(this.#startedAt + this.#advanced + (performance.now() - this.#startedTick) * this.speed);
  }

  /** How long `ms` of provider time takes in real ms: what a client has to be told when it is told to wait. */
  realMs(ms: number): number {
    return ms / this.speed;
  }

  /** Jumps ahead by `ms` of provider time; whatever falls due on the way runs at once. */
  advance(ms: number): void {
    if (!Number.isFinite(ms) || ms < 0) throw new RangeError(`a clock only goes forward, not by ${ms}`);
    this.#advanced += ms;
    for (const timer of this.#timers) this.#arm(timer);
  }

  /** Runs `action` after `ms` of provider time, unless the clock is closed first. Answers with a way to call it off. */
  after(ms: number, action: () => void): () => void {
    if (this.#closed) return () => {};
    const timer: Timer = { due: this.now() + ms, action, handle: undefined };
    this.#timers.add(timer);
    this.#arm(timer);
    return () => this.#drop(timer);
  }

  /** Resolves after `ms` of provider time, rejects with the signal's reason when that aborts first. */
  sleep(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason);
        return;
      }
      const callOff = this.after(ms, () => {
        signal.removeEventListener('abort', abort);
        resolve();
      });
      const abort = () => {
        callOff();
        reject(signal.reason);
      };
      signal.addEventListener('abort', abort, { once: true });
    });
  }

  /** Calls off every timer; no action runs after this. */
  close(): void {
    this.#closed = true;
    for (const timer of this.#timers) this.#drop(timer);
  }

  #arm(timer: Timer): void {
    clearTimeout(timer.handle);
    const delay = Math.max(0, this.realMs(timer.due - this.now()));
    timer.handle = setTimeout(() => this.#fire(timer), Math.min(delay, LONGEST_DELAY_MS));
  }

  #fire(timer: Timer): void {
    // Node's timers may fire a millisecond early, and the longest delays were cut short.
    if (this.now() < timer.due) {
      this.#arm(timer);
      return;
    }
    this.#drop(timer);
    timer.action();
  }

  #drop(timer: Timer): void {
    clearTimeout(timer.handle);
    this.#timers.delete(timer);
  }
}
