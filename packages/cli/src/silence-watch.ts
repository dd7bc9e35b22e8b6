import type { ImportJob } from '@sluice/core';
import { isBeingSent } from './being-sent.js';

/** So long nothing is heard of a job that was on the move before it was followed, until somebody is told why. Milliseconds. */
const silentMs = 3_000;

/** Tells once when nothing is heard of a job that another process may hold: after a crash the same goes for all that were moving. */
export class SilenceWatch {
  readonly #tell: (message: string) => void;
  readonly #startedAt = Date.now();
  #told = false;

  constructor(tell: (message: string) => void) {
    this.#tell = tell;
  }

  /** Watches a job that was being sent before this command began. @returns what ends the watch */
  watch(job: ImportJob): () => void {
    const { id, phase, updatedAt, createdAt } = job.snapshot;
    const isOwn = Date.parse(createdAt) >= this.#startedAt;
    if (isOwn || phase === 'prepare' || !isBeingSent(job.snapshot)) return () => undefined;
    const timer = setTimeout(() => {
      const { snapshot } = job;
      if (snapshot.updatedAt === updatedAt && snapshot.progress === undefined && isBeingSent(snapshot)) this.#say(id);
    }, silentMs);
    return () => clearTimeout(timer);
  }

  #say(id: string): void {
    if (this.#told) return;
    this.#told = true;
    this.#tell(
      `${id}: no news for ${silentMs / 1_000} s: another process may hold it; one that was killed lets go within 15 s`,
    );
  }
}
