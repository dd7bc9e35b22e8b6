import { type ImportJob, type ImportSnapshot, SluiceError } from '@sluice/core';
import { isBeingAnswered, isBeingSent } from './being-sent.js';
import { exitCode } from './exit-code.js';
import { Interruption, type StopReason } from './interruption.js';
import { hasFailed } from './outcome.js';
import { createReporter } from './output/create-reporter.js';
import type { Reporter } from './output/reporter.js';
import { quoted } from './output/text.js';
import { SilenceWatch } from './silence-watch.js';

/** What is followed, how it is told, and for how long. */
export interface FollowOptions {
  json?: boolean | undefined;
  config?: string | undefined;
  /** Milliseconds. */
  timeout?: number | undefined;
}

/**
 * Follows the jobs that `work` adds until they are over, Ctrl-C, or the time-out.
 * @returns the exit code
 */
export async function follow(options: FollowOptions, work: (follower: Follower) => Promise<void>): Promise<number> {
  const reporter = createReporter(options);
  const interruption = new Interruption(options.timeout);
  try {
    // A script knows how long it is ready to wait.
    const silence = options.json === true ? undefined : new SilenceWatch((message) => reporter.note(message));
    const follower = new Follower(reporter, interruption, silence);
    await work(follower);
    return await follower.finish(options.config);
  } finally {
    interruption.end();
    reporter.close();
  }
}

/** So many jobs are named for one reason; the others are counted. */
const mostTold = 5;

/** Follows jobs; each one's last line is printed exactly once. */
export class Follower {
  readonly #reporter: Reporter;
  readonly #interruption: Interruption;
  readonly #silence: SilenceWatch | undefined;
  readonly #followed = new Set<Promise<void>>();
  readonly #last: ImportSnapshot[] = [];
  #refused = false;
  #toldOfAnswers = false;
  /** How often what stopped a job was said: a disk that is full stops all of them. */
  readonly #told = new Map<string, number>();

  constructor(reporter: Reporter, interruption: Interruption, silence: SilenceWatch | undefined) {
    this.#reporter = reporter;
    this.#interruption = interruption;
    this.#silence = silence;
  }

  /** True after Ctrl-C: no further job is to be created. The time-out ends only the waiting. */
  get interrupted(): boolean {
    return this.#interruption.reason === 'interrupted';
  }

  /** Follows a job from now on. Resolves when it is over, or is followed no longer; {@link Follower.finish} waits for it too. */
  add(job: ImportJob): Promise<void> {
    this.#reporter.added(job.snapshot);
    const followed = this.#follow(job);
    this.#followed.add(followed);
    return followed.finally(() => this.#followed.delete(followed));
  }

  /** Resolves when there is room for another one among so many at once. */
  async room(most: number): Promise<void> {
    while (this.#followed.size >= most) await Promise.race(this.#followed);
  }

  /** Follows a job only until the provider has it, or it waits for its turn. */
  handOver(job: ImportJob): void {
    this.#reporter.added(job.snapshot);
    if (isBeingSent(job.snapshot)) this.#followed.add(this.#follow(job, isBeingSent));
    else this.#end(job.snapshot);
  }

  /** Waits for all of them, says how to go on where some are not over, and answers with the exit code. */
  async finish(config: string | undefined): Promise<number> {
    await Promise.all(this.#followed);
    for (const [what, times] of this.#told) if (times > mostTold) this.note(`${times - mostTold} more jobs: ${what}`);
    const alive = this.#last.filter(({ state }) => state === 'queued' || state === 'running');
    const { reason } = this.#interruption;
    if (alive.length > 0 && reason !== undefined) this.note(`${words[reason]}; ${howToGoOn(alive, config)}`);
    if (reason === 'interrupted') return exitCode.interrupted;
    if (reason === 'timeout' && alive.length > 0) return exitCode.running;
    return this.#refused || this.#last.some(hasFailed) ? exitCode.failed : exitCode.completed;
  }

  /** A line for a person, beside the jobs. */
  note(message: string): void {
    this.#reporter.note(message);
  }

  /** For what could not be done: the exit code is then not 0. */
  refuse(message: string): void {
    this.#refused = true;
    this.note(message);
  }

  async #follow(job: ImportJob, goesOn: (snapshot: ImportSnapshot) => boolean = () => true): Promise<void> {
    const heard = this.#silence?.watch(job);
    const patience = this.#untilAnswered(job);
    try {
      for await (const event of job.events({ signal: patience.signal })) {
        this.#reporter.happened(event, job.snapshot);
        if (!goesOn(job.snapshot)) break;
        if (this.#interruption.signal.aborted && !isBeingAnswered(job.snapshot)) break;
      }
    } catch (error) {
      if (!this.#interruption.signal.aborted) this.#cannotFollow(job, wordsOf(error));
    } finally {
      heard?.();
      patience.end();
    }
    this.#end(job.snapshot);
  }

  /** Fires when the following is to stop, but not at Ctrl-C while a start is on its way: broken off, nobody knows what came of it. */
  #untilAnswered(job: ImportJob): { signal: AbortSignal; end: () => void } {
    const { signal } = this.#interruption;
    const controller = new AbortController();
    const stop = () => {
      if (this.#interruption.reason === 'interrupted' && isBeingAnswered(job.snapshot)) this.#sayAwaited();
      else controller.abort();
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
    return { signal: controller.signal, end: () => signal.removeEventListener('abort', stop) };
  }

  #sayAwaited(): void {
    if (this.#toldOfAnswers) return;
    this.#toldOfAnswers = true;
    this.note(
      'interrupted; what was just handed over is still being answered. Ctrl-C again ends at once, and nobody knows then what came of it',
    );
  }

  #cannotFollow({ id }: ImportJob, what: string): void {
    this.#refused = true;
    const times = (this.#told.get(what) ?? 0) + 1;
    this.#told.set(what, times);
    if (times <= mostTold) this.note(`${id}: ${what}; the job is alive: sluice wait ${id}`);
  }

  #end(snapshot: ImportSnapshot): void {
    this.#last.push(snapshot);
    this.#reporter.ended(snapshot);
  }
}

const words = { interrupted: 'interrupted', timeout: 'the time is up' } satisfies Record<StopReason, string>;

function howToGoOn(alive: ImportSnapshot[], config: string | undefined): string {
  const lost =
    alive.length === 1 ? 'the job is alive and nothing is lost' : `${alive.length} jobs are alive and nothing is lost`;
  const where = config === undefined ? '' : ` --config ${quoted(config)}`;
  const resume = `sluice resume${where}`;
  if (alive.length > 3) return `${lost}. Go on with: ${resume}`;
  const ids = alive.map(({ id }) => id).join(' ');
  return `${lost}. Go on with: sluice wait ${ids}${where}   (or with all there are: ${resume})`;
}

function wordsOf(error: unknown): string {
  if (SluiceError.is(error)) return `${error.code}: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}
