import type { ImportSnapshot } from '@sluice/core';
import type { RowEnding } from '../batch/row-ending.js';
import type { Tally } from '../batch/tally.js';
import type { Activity } from '../batch/waiting.js';
import { errorOf, hasFailed } from '../outcome.js';

const mostSamples = 400;
const slowest = 20;
const mostFailures = 200;

/** Where a run stood at a moment. */
export interface Sample {
  /** Milliseconds since its begin. */
  at: number;
  completed: number;
  failed: number;
  skipped: number;
  atProvider: number;
  sending: number;
  waiting: number;
}

/** A row that a page names. */
export interface NamedRow {
  number: number;
  name: string;
  provider: string;
  job: string;
  /** From its start to its end, in milliseconds. */
  tookMs: number | undefined;
  code: string;
  message: string;
}

/** Remembers of a run what its page shows, in little room however long it is. */
export class Recorder {
  readonly samples: Sample[] = [];
  readonly slowest: NamedRow[] = [];
  readonly failures: NamedRow[] = [];
  failureCount = 0;
  #gapMs = 1_000;

  /** @param activity asked only when a sample is due */
  sample(now: number, tally: Tally, activity: () => Activity): void {
    const at = now - tally.since;
    const last = this.samples.at(-1);
    if (last !== undefined && at - last.at < this.#gapMs) return;
    this.#push(at, tally, activity());
  }

  /** The last one, whenever it is. */
  finish(now: number, tally: Tally, activity: Activity): void {
    this.#push(now - tally.since, tally, activity);
  }

  #push(at: number, tally: Tally, { atProvider, moving, limit, provider, network, turn }: Activity): void {
    const { completed, failed, refused, skipped } = tally;
    const waiting = limit + provider + network + turn;
    this.samples.push({ at, completed, failed: failed + refused, skipped, atProvider, sending: moving, waiting });
    if (this.samples.length <= mostSamples) return;
    // Every other one goes: a long run is seen from farther away.
    const kept = this.samples.filter((_, index) => index % 2 === 0);
    this.samples.splice(0, this.samples.length, ...kept);
    this.#gapMs *= 2;
  }

  row(ending: RowEnding): void {
    const { kind, snapshot } = ending;
    const failed = kind === 'refused' || (snapshot !== undefined && kind !== 'left' && hasFailed(snapshot));
    if (failed) {
      this.failureCount += 1;
      if (this.failures.length < mostFailures) this.failures.push(named(ending));
    }
    if (kind !== 'ended' || snapshot === undefined) return;
    const tookMs = tookOf(snapshot);
    const least = this.slowest.at(-1)?.tookMs ?? 0;
    if (tookMs === undefined || (this.slowest.length >= slowest && tookMs <= least)) return;
    this.slowest.push(named(ending));
    this.slowest.sort((a, b) => (b.tookMs ?? 0) - (a.tookMs ?? 0));
    this.slowest.splice(slowest);
  }
}

function named({ number, name, snapshot, error }: RowEnding): NamedRow {
  const cause = error ?? (snapshot && errorOf(snapshot));
  return {
    number,
    name,
    provider: snapshot?.provider ?? '',
    job: snapshot?.id ?? '',
    tookMs: snapshot && tookOf(snapshot),
    code: cause?.code ?? snapshot?.state ?? '',
    message: cause?.message ?? '',
  };
}

function tookOf({ startedAt, createdAt, completedAt }: ImportSnapshot): number | undefined {
  return completedAt === undefined ? undefined : Date.parse(completedAt) - Date.parse(startedAt ?? createdAt);
}
