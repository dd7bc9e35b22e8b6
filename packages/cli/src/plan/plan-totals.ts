import type { ImportPlan, ProviderInfo } from '@sluice/core';

/** What is known of a provider's jobs from those it had before. */
export interface History {
  jobs: number;
  /** From start to end, on average. Milliseconds. */
  jobMs: number;
  /** On average, by unit. */
  costs: Map<string, number>;
}

/** What becomes of the rows of one provider. */
export class ProviderTotals {
  rows = 0;
  bytes = 0;
  /** Rows whose size nobody knows beforehand. */
  unsized = 0;
  seconds = 0;
  probed = 0;
  /** Rows whose length is known: their seconds are among `seconds`. */
  timed = 0;
  readonly routes = new Map<string, number>();
  readonly costs = new Map<string, number>();
  readonly lanes = new Map<string, number>();
  /** What would be left out, and of how many rows. */
  readonly warnings = new Map<string, number>();

  add({ route, size, probe, media, lane, problems }: ImportPlan): void {
    this.rows += 1;
    if (size === undefined) this.unsized += 1;
    else this.bytes += size;
    count(this.routes, route?.kind ?? 'none', 1);
    count(this.lanes, lane, 1);
    for (const { severity, field, message } of problems) {
      if (severity === 'warning') count(this.warnings, `${field}: ${message}`, 1);
    }
    const seconds = probe?.durationSeconds ?? media?.durationSeconds;
    if (seconds !== undefined) {
      this.timed += 1;
      this.seconds += seconds;
    }
    if (probe === undefined) return;
    this.probed += 1;
    if (probe.cost !== undefined) count(this.costs, probe.cost.unit, probe.cost.amount);
  }

  /**
   * How long it takes at least under the provider's limits, in milliseconds: the last start of each lane, and the time that the jobs take where they
   * took as long before. Lanes go side by side.
   */
  leastMs({ limits }: ProviderInfo, history: History | undefined): number {
    const lanes = [...this.lanes.values()].map((rows) => {
      const { starts, jobs } = limits;
      const untilLastStart = starts === undefined ? 0 : Math.floor((rows - 1) / starts.max) * starts.windowMs;
      const jobMs = history?.jobMs ?? 0;
      return Math.max(untilLastStart + jobMs, jobs === undefined ? 0 : Math.ceil(rows / jobs) * jobMs);
    });
    return Math.max(0, ...lanes);
  }
}

function count(counts: Map<string, number>, name: string, amount: number): void {
  counts.set(name, (counts.get(name) ?? 0) + amount);
}
