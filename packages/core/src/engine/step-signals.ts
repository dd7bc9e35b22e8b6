import type { SluiceError } from '../model/error.js';
import type { Clock } from '../wire/clock.js';
import { onAbort } from '../wire/on-abort.js';

/** How long a call that counts may go on after a stop, in milliseconds: long enough for an answer on its way. */
const graceMs = 2_000;

/**
 * When a step has to stop: because its caller says so, or because its lease is lost. The signals themselves are made when
 * somebody asks for them, which few steps do for both.
 */
export class StepSignals {
  readonly #stop = new AbortController();
  readonly #stopEffects = new AbortController();
  readonly #forget: () => void;
  #callOffGrace: () => void = () => undefined;

  constructor(caller: AbortSignal, clock: Clock) {
    this.#forget = onAbort(caller, () => {
      this.#stop.abort(caller.reason);
      this.#callOffGrace = clock.after(graceMs, () => this.#stopEffects.abort(caller.reason));
    });
  }

  /** Stop now. */
  get stop(): AbortSignal {
    return this.#stop.signal;
  }

  /** Stop also a call that counts: fires somewhat later, so that one on its way can still be answered. */
  get stopEffects(): AbortSignal {
    return this.#stopEffects.signal;
  }

  /** Somebody wants something of the job: what leaves nothing behind stops at once, a call that counts goes on. */
  interrupt(error: SluiceError): void {
    this.#stop.abort(error);
  }

  /** Another process has the job: nothing may go on. */
  lose(error: SluiceError): void {
    this.#stop.abort(error);
    this.#stopEffects.abort(error);
  }

  /** The step has ended. Leaves no timer and no listener. */
  unlink(): void {
    this.#callOffGrace();
    this.#forget();
  }
}
