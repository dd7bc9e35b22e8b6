import { type ImportJob, type ImportSnapshot, SluiceError } from '@sluice/core';
import { exitCode } from './exit-code.js';
import { Interruption, type StopReason } from './interruption.js';
import { hasFailed } from './outcome.js';
import { createReporter } from './output/create-reporter.js';
import type { Reporter } from './output/reporter.js';
import { quoted } from './output/text.js';

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
    const follower = new Follower(reporter, interruption);
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
  readonly #followed = new Set<Promise<void>>();
  readonly #last: ImportSnapshot[] = [];
  #refused = false;
  /** How often what stopped a job was said: a disk that is full stops all of them. */
  readonly #told = new Map<string, number>();

  constructor(reporter: Reporter, interruption: Interruption) {
    this.#reporter = reporter;
    this.#interruption = interruption;
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
    try {
      for await (const event of job.events({ signal: this.#interruption.signal })) {
        this.#reporter.happened(event, job.snapshot);
        if (!goesOn(job.snapshot)) break;
      }
    } catch (error) {
      if (!this.#interruption.signal.aborted) this.#cannotFollow(job, wordsOf(error));
    }
    this.#end(job.snapshot);
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

/** Nothing stands between it and the provider but the time that its bytes and the start take. */
function isBeingSent({ state, rawState, waitingFor }: ImportSnapshot): boolean {
  return (state === 'queued' || state === 'running') && rawState === undefined && waitingFor === undefined;
}

function wordsOf(error: unknown): string {
  if (SluiceError.is(error)) return `${error.code}: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}
