import { SluiceError } from '../../model/error.js';
import type { JsonValue } from '../../model/json.js';
import type { ArrivedPart } from '../../model/upload.js';
import { isTransient } from '../../wire/failure.js';
import type { Step } from '../step.js';
import { inSession } from './failures.js';
import type { UploadTarget } from './target.js';

/** So many parts in one call, at most. */
const mostAtOnce = 50;
/** A smaller batch goes out when the last one was so long ago, in milliseconds: what was reported is not lost with this machine. */
const everyMs = 10_000;

/** Tells a provider that wants to hear of it which parts arrived: never one call a part where a batch will do. */
export class Reports {
  readonly #step: Step;
  readonly #target: UploadTarget;
  readonly #session: JsonValue;
  #waiting: ArrivedPart[] = [];
  #lastAt: number;
  #busy = false;

  constructor(step: Step, target: UploadTarget, session: JsonValue) {
    this.#step = step;
    this.#target = target;
    this.#session = session;
    this.#lastAt = step.now;
  }

  /** A part arrived, and the store knows it. */
  async add(part: ArrivedPart): Promise<void> {
    if (this.#target.report === undefined) return;
    this.#waiting.push(part);
    const due = this.#waiting.length >= mostAtOnce || this.#step.now >= this.#lastAt + everyMs;
    if (!due || this.#busy) return;
    try {
      await this.#send();
    } catch (error) {
      // It is told again with the next ones: bytes need not wait for that.
      if (!SluiceError.is(error) || !isTransient(error)) throw error;
    }
  }

  /** Tells what is left. */
  async finish(): Promise<void> {
    while (this.#waiting.length > 0) await this.#send();
  }

  async #send(): Promise<void> {
    const batch = this.#waiting.splice(0, mostAtOnce);
    this.#busy = true;
    this.#lastAt = this.#step.now;
    try {
      await inSession(async () => this.#target.report?.(this.#session, batch));
    } catch (error) {
      this.#waiting.unshift(...batch);
      throw error;
    } finally {
      this.#busy = false;
    }
  }
}
