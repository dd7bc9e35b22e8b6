import type { Prices } from '@sluice/core';
import { count, rowsText } from '../batch/batch-words.js';
import { formatCost } from '../output/format.js';
import type { History, ProviderTotals } from './plan-totals.js';

/** What an import, or many of them, may cost. */
export interface CostEstimate {
  /** By unit; empty where nobody knows. */
  amounts: Map<string, number>;
  /** Who says so. */
  by: 'probe' | 'prices' | 'history' | 'nobody';
  words: string;
}

/** From the provider's own word, else from the prices in its settings, else from what jobs like these cost before. */
export function estimateCost(
  totals: ProviderTotals,
  { prices, history }: { prices: Prices | undefined; history: History | undefined },
): CostEstimate {
  if (totals.costs.size > 0) {
    const { probed, rows } = totals;
    const words = `${amountsText(totals.costs)}, says the provider of ${count(probed)} of ${count(rows)} rows`;
    return { amounts: totals.costs, by: 'probe', words };
  }
  if (prices !== undefined) return byPrices(totals, prices);
  if (history === undefined || history.costs.size === 0) {
    const words = 'not known; --probe asks the provider, which some charge for';
    return { amounts: new Map(), by: 'nobody', words };
  }
  const amounts = new Map([...history.costs].map(([unit, amount]) => [unit, amount * totals.rows]));
  return { amounts, by: 'history', words: `about ${amountsText(amounts)}, as ${lastJobs(history)} here cost` };
}

function byPrices({ rows, timed, seconds, unsized, bytes }: ProviderTotals, prices: Prices): CostEstimate {
  const { perImport = 0, perMinute = 0, perGigabyte = 0, asOf, unit } = prices;
  const amount = perImport * rows + (perMinute * seconds) / 60 + (perGigabyte * bytes) / 1e9;
  const gaps = [
    ...(perMinute > 0 && timed < rows ? [`the length of ${rowsText(rows - timed)}`] : []),
    ...(perGigabyte > 0 && unsized > 0 ? [`the size of ${rowsText(unsized)}`] : []),
  ];
  const least = gaps.length === 0 ? '' : 'at least ';
  const unknown = gaps.length === 0 ? '' : `; nobody knows ${gaps.join(' and ')} beforehand`;
  const amounts = new Map([[unit, amount]]);
  return { amounts, by: 'prices', words: `${least}${amountsText(amounts)}, by the prices of ${asOf}${unknown}` };
}

/** Which jobs an experience rests on. */
export function lastJobs({ jobs }: History): string {
  return jobs === 1 ? 'its last job' : `its last ${jobs} jobs`;
}

function amountsText(amounts: Map<string, number>): string {
  return [...amounts].map(([unit, amount]) => formatCost({ amount: Math.round(amount * 100) / 100, unit })).join(', ');
}
