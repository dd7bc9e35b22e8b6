import type { Sluice } from '@sluice/core';
import type { History } from './plan-totals.js';

const newest = 50;

/** What the last jobs of a provider took and cost; undefined when it had none. */
export async function historyOf(sluice: Sluice, provider: string): Promise<History | undefined> {
  let jobs = 0;
  let milliseconds = 0;
  const costs = new Map<string, number>();
  for await (const snapshot of sluice.jobs({ provider, states: ['completed'], order: 'newest', limit: newest })) {
    const { startedAt, completedAt, cost } = snapshot;
    if (startedAt === undefined || completedAt === undefined) continue;
    jobs += 1;
    milliseconds += Date.parse(completedAt) - Date.parse(startedAt);
    if (cost !== undefined) costs.set(cost.unit, (costs.get(cost.unit) ?? 0) + cost.amount);
  }
  if (jobs === 0) return undefined;
  const average = new Map([...costs].map(([unit, amount]) => [unit, amount / jobs]));
  return { jobs, jobMs: milliseconds / jobs, costs: average };
}
