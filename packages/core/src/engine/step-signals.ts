import type { SluiceError } from '../model/error.js';
import type { Clock } from '../wire/clock.js';
import { onAbort } from '../wire/on-abort.js';
import { Stop, type StopSignal } from '../wire/stop.js';

/** How long a call that counts may go on after a stop, in milliseconds: long enough for an answer on its way. */
const graceMs = 2_000;

/** When a step has to stop: because its caller says so, or because its lease is lost. */
export class StepSignals {
  /** Stop now. */
  readonly stop = new Stop();
  /** Stop also a call that counts: fires somewhat later, so that one on its way can still be answered. */
  readonly stopEffects = new Stop();
  readonly #forget: () => void;
  #callOffGrace: () => void = () => undefined;

  constructor(caller: StopSignal, clock: Clock) {
    this.#forget = onAbort(caller, () => {
      this.stop.abort(caller.reason);
      this.#callOffGrace = clock.after(graceMs, () => this.stopEffects.abort(caller.reason));
    });
  }

  /** Somebody wants something of the job: what leaves nothing behind stops at once, a call that counts goes on. */
  interrupt(error: SluiceError): void {
    this.stop.abort(error);
  }

  /** Another process has the job: nothing may go on. */
  lose(error: SluiceError): void {
    this.stop.abort(error);
    this.stopEffects.abort(error);
  }

  /** The step has ended. Leaves no timer and no listener. */
  unlink(): void {
    this.#callOffGrace();
    this.#forget();
  }
}
