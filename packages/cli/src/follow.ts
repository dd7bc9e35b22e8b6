import { type ImportJob, type ImportSnapshot, SluiceError } from '@sluice/core';
import { exitCode } from './exit-code.js';
import { Interruption } from './interruption.js';
import type { Reporter } from './output/reporter.js';

/** Follows jobs until they are over, Ctrl-C, or the time-out; each job's last line is printed exactly once. */
export class Follower {
  readonly #reporter: Reporter;
  readonly #interruption: Interruption;
  readonly #followed: Promise<void>[] = [];
  readonly #last: ImportSnapshot[] = [];
  #refused = false;

  constructor(options: { reporter: Reporter; timeoutMs?: number | undefined }) {
    this.#reporter = options.reporter;
    this.#interruption = new Interruption(options.timeoutMs);
  }

  /** Fires at Ctrl-C and at the time-out. */
  get signal(): AbortSignal {
    return this.#interruption.signal;
  }

  /** Follows a job from now on. */
  add(job: ImportJob): void {
    this.#reporter.added(job.snapshot);
    this.#followed.push(this.#follow(job));
  }

  /** Prints a job's last line without following it. */
  leave(job: ImportJob): void {
    this.#reporter.added(job.snapshot);
    this.#end(job.snapshot);
  }

  /** Waits for all of them, says how to go on where some are not over, and answers with the exit code. */
  async finish(options: { config?: string | undefined }): Promise<number> {
    await Promise.all(this.#followed);
    this.#interruption.end();
    const alive = this.#last.filter(({ state }) => state === 'queued' || state === 'running');
    const { reason } = this.#interruption;
    if (reason !== undefined) this.#sayHowToGoOn(alive, options.config);
    this.#reporter.close();
    if (reason === 'interrupted') return exitCode.interrupted;
    if (reason === 'timeout' && alive.length > 0) return exitCode.running;
    return this.#refused || this.#last.some(hasFailed) ? exitCode.failed : exitCode.completed;
  }

  /** For what could not be done beside the jobs: the exit code is then not 0. */
  refuse(message: string): void {
    this.#refused = true;
    this.#reporter.note(message);
  }

  async #follow(job: ImportJob): Promise<void> {
    try {
      for await (const event of job.events({ signal: this.signal })) {
        this.#reporter.happened(event, job.snapshot);
      }
    } catch (error) {
      if (!this.signal.aborted) this.refuse(`${job.id}: ${wordsOf(error)}; the job is alive: sluice wait ${job.id}`);
    }
    this.#end(job.snapshot);
  }

  #end(snapshot: ImportSnapshot): void {
    this.#last.push(snapshot);
    this.#reporter.ended(snapshot);
  }

  #sayHowToGoOn(alive: ImportSnapshot[], config: string | undefined): void {
    const why = this.#interruption.reason === 'interrupted' ? 'interrupted' : 'the time is up';
    this.#reporter.note(alive.length === 0 ? why : `${why}; ${howToGoOn(alive, config)}`);
  }
}

function howToGoOn(alive: ImportSnapshot[], config: string | undefined): string {
  const lost =
    alive.length === 1 ? 'the job is alive and nothing is lost' : `${alive.length} jobs are alive and nothing is lost`;
  const where = config === undefined ? '' : ` --config ${config}`;
  const resume = `sluice resume${where}`;
  if (alive.length > 3) return `${lost}. Go on with: ${resume}`;
  const ids = alive.map(({ id }) => id).join(' ');
  return `${lost}. Go on with: sluice wait ${ids}${where}   (or with all there are: ${resume})`;
}

/** Failed, canceled, or completed with an item that failed. */
export function hasFailed({ state, items }: ImportSnapshot): boolean {
  return state === 'failed' || state === 'canceled' || items.some((item) => !item.ok);
}

function wordsOf(error: unknown): string {
  if (SluiceError.is(error)) return `${error.code}: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}
