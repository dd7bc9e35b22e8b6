import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { isBusy, storeError } from './errors.js';
import type { OpenFile } from './opening.js';
import { transact } from './transaction.js';

/** One operation. It may be run more than once, until it is committed. */
export type Work<Result> = (file: OpenFile) => Result;

/**
 * What an operation needs: `read` changes nothing; `brief` changes what may be forgotten in a power cut, though not in a crash
 * of the process; `lasting` is on the disk before its promise resolves.
 */
type Kind = 'read' | 'brief' | 'lasting';

interface Waiting {
  kind: Kind;
  /** Runs the work and keeps its result. */
  run(file: OpenFile): void;
  resolve(): void;
  reject(error: unknown): void;
}

/** Where the operations run. */
export interface GroupCommitOptions {
  path: string;
  open: () => Promise<OpenFile>;
  /** How long another process may keep the file locked. Milliseconds. */
  busyTimeoutMs: number;
  /** Called outside any transaction. */
  afterBatch?: (file: OpenFile) => void;
}

/**
 * Runs everything that is asked for in one turn of the event loop in one transaction, so that one sync of the disk serves them
 * all. A promise resolves after its COMMIT. Operations run in the order in which they were asked for.
 */
export class GroupCommit {
  readonly #options: GroupCommitOptions;
  #waiting: Waiting[] = [];
  /** Resolves when nothing waits any more. */
  #flushing: Promise<void> | undefined;

  constructor(options: GroupCommitOptions) {
    this.#options = options;
  }

  /** @throws SluiceError that names the file and the way out */
  write<Result>(work: Work<Result>): Promise<Result> {
    return this.#add(work, 'lasting');
  }

  /** The same for what may be forgotten in a power cut: it does not wait for the disk. */
  writeBriefly<Result>(work: Work<Result>): Promise<Result> {
    return this.#add(work, 'brief');
  }

  /** The same for what changes nothing: it waits for no other process. */
  read<Result>(work: Work<Result>): Promise<Result> {
    return this.#add(work, 'read');
  }

  /** Resolves when everything that was asked for is done. */
  async idle(): Promise<void> {
    await this.#flushing;
  }

  #add<Result>(work: Work<Result>, kind: Kind): Promise<Result> {
    return new Promise((resolve, reject) => {
      let result: Result;
      this.#waiting.push({
        kind,
        run: (file) => {
          result = work(file);
        },
        resolve: () => resolve(result),
        reject,
      });
      this.#flushing ??= this.#flush();
    });
  }

  async #flush(): Promise<void> {
    while (this.#waiting.length > 0) {
      await turn();
      const batch = this.#waiting;
      this.#waiting = [];
      await this.#run(batch);
    }
    this.#flushing = undefined;
  }

  async #run(batch: Waiting[]): Promise<void> {
    let file: OpenFile;
    try {
      file = await this.#options.open();
    } catch (error) {
      return this.#reject(batch, error);
    }
    try {
      await this.#attempt(batch, file);
    } catch (error) {
      if (batch.length === 1 || isBusy(error)) return this.#reject(batch, error);
      // One of them failed and took the others with it: each in a transaction of its own.
      for (const one of batch) await this.#run([one]);
      return;
    }
    for (const { resolve } of batch) resolve();
    this.#options.afterBatch?.(file);
  }

  #reject(batch: Waiting[], error: unknown): void {
    for (const { reject } of batch) reject(storeError(error, this.#options.path));
  }

  /** Runs a batch until no other process is in its way. */
  async #attempt(batch: Waiting[], file: OpenFile): Promise<void> {
    const giveUpAt = performance.now() + this.#options.busyTimeoutMs;
    const runAll = () => {
      for (const one of batch) one.run(file);
    };
    const writes = batch.some(({ kind }) => kind !== 'read');
    if (writes)
      waitForDisk(
        file,
        batch.some(({ kind }) => kind === 'lasting'),
      );
    for (;;) {
      try {
        return writes ? transact(file.database, runAll) : runAll();
      } catch (error) {
        if (!isBusy(error) || performance.now() >= giveUpAt) throw error;
      }
      await sleep(1 + Math.random() * 10);
    }
  }
}

/** Whether the next transactions are on the disk when they are committed. */
function waitForDisk(file: OpenFile, wait: boolean): void {
  if (file.waitsForDisk === wait) return;
  file.database.exec(`PRAGMA synchronous = ${wait ? 'FULL' : 'NORMAL'}`);
  file.waitsForDisk = wait;
}
