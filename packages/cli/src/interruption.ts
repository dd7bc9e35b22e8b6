import { setMaxListeners } from 'node:events';
import { exitCode } from './exit-code.js';

/** Why waiting was stopped before the jobs were over. */
export type StopReason = 'interrupted' | 'timeout';

/** Stops the waiting at Ctrl-C or at the time-out, whichever comes first; a second Ctrl-C ends the process at once. */
export class Interruption {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout | undefined;
  #reason: StopReason | undefined;

  /** @param timeoutMs without it, only Ctrl-C stops */
  constructor(timeoutMs?: number) {
    // Every job that is followed listens to it.
    setMaxListeners(0, this.#controller.signal);
    for (const signal of signals) process.on(signal, this.#onSignal);
    process.stdout.on('error', this.#onBrokenPipe);
    if (timeoutMs !== undefined) this.#timer = setTimeout(() => this.#stop('timeout'), timeoutMs);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Undefined while nothing was stopped. */
  get reason(): StopReason | undefined {
    return this.#reason;
  }

  /** Takes its handlers and its timer away; after a Ctrl-C the handlers stay, so that another one ends with the same exit code. */
  end(): void {
    clearTimeout(this.#timer);
    if (this.#reason === 'interrupted') return;
    for (const signal of signals) process.off(signal, this.#onSignal);
    process.stdout.off('error', this.#onBrokenPipe);
  }

  #stop(reason: StopReason): void {
    this.#reason ??= reason;
    this.#controller.abort();
  }

  readonly #onSignal = () => {
    if (this.#reason === 'interrupted') process.exit(exitCode.interrupted);
    this.#reason = undefined;
    this.#stop('interrupted');
  };

  /** Whoever read our output went away: nobody is left to wait for. */
  readonly #onBrokenPipe = () => this.#stop('interrupted');
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
