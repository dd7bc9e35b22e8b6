import type { ImportPlan, JsonObject, Prices, Sluice } from '@sluice/core';
import { exitCode } from '../exit-code.js';
import { describeMedia, describeWay, formatBytes, formatClock, formatCost } from '../output/format.js';
import { type Style, styleOf } from '../output/style.js';
import { printable } from '../output/text.js';
import { type CostEstimate, estimateCost } from './costs.js';
import { ProviderTotals } from './plan-totals.js';

/** How one plan is shown. */
interface ShowOptions {
  json?: boolean;
  prices: Prices | undefined;
}

/** What the settings say of the prices of a plan's provider. */
export function pricesOf(sluice: Sluice, { provider }: ImportPlan): Prices | undefined {
  return sluice.providers().find(({ name }) => name === provider)?.prices;
}

/** Prints what would become of one request. @returns the exit code: 1 when it would be refused */
export function showPlan(plan: ImportPlan, { json, prices }: ShowOptions): number {
  const cost = prices === undefined ? undefined : costOf(plan, prices);
  const lines =
    json === true
      ? [JSON.stringify(planLine(plan, { cost, prices }))]
      : describePlan(plan, { cost, style: styleOf(process.stdout) });
  process.stdout.write(`${lines.join('\n')}\n`);
  return plan.problems.some(({ severity }) => severity === 'error') ? exitCode.failed : exitCode.completed;
}

/** By the prices in the settings; the provider's own word is more. */
function costOf(plan: ImportPlan, prices: Prices): CostEstimate | undefined {
  if (plan.probe?.cost !== undefined) return undefined;
  const totals = new ProviderTotals();
  totals.add(plan);
  return estimateCost(totals, { prices, history: undefined });
}

function planLine(
  plan: ImportPlan,
  { cost, prices }: { cost: CostEstimate | undefined; prices: Prices | undefined },
): JsonObject {
  const value: JsonObject = JSON.parse(JSON.stringify(plan));
  if (cost === undefined) return { type: 'plan', plan: value };
  return { type: 'plan', plan: value, costs: Object.fromEntries(cost.amounts), pricesAsOf: prices?.asOf ?? null };
}

function describePlan(plan: ImportPlan, { cost, style }: { cost: CostEstimate | undefined; style: Style }): string[] {
  const { route, checks, problems } = plan;
  const row = (label: string, value: string) => `  ${style.dim(label.padEnd(10))}${value}`;
  return [
    style.bold(printable(plan.name)),
    row('source', printable(plan.source)),
    row('provider', `${printable(plan.provider)} (${printable(plan.adapter)})`),
    row('route', route === undefined ? 'none' : `${route.kind}: ${printable(route.why)}`),
    ...(route?.way === undefined ? [] : [row('way', describeWay(route.way))]),
    ...(route === undefined ? [] : [row('traffic', describeTraffic(route.traffic, plan.traffic))]),
    ...(plan.size === undefined ? [] : [row('size', formatBytes(plan.size))]),
    ...(plan.media === undefined ? [] : [row('media', describeMedia(plan.media))]),
    row('checks', `size ${checkWord(checks.size)} · sha-256 ${checkWord(checks.sha256)}`),
    ...describeProbe(plan).map(([label, value]) => row(label, value)),
    ...(cost === undefined ? [] : [row('cost', cost.words)]),
    ...problems.map(({ severity, field, message }) => {
      const text = `${printable(field)}: ${printable(message)}`;
      return severity === 'error'
        ? `  ${style.bad('error'.padEnd(10))}${text}`
        : `  ${style.warn('warning'.padEnd(10))}${text}`;
    }),
  ];
}

/** What passes through this machine: bytes that are moved twice cost twice. */
function describeTraffic(kind: NonNullable<ImportPlan['route']>['traffic'], bytes: ImportPlan['traffic']): string {
  if (kind === 'none') return 'nothing passes through here';
  const amount = (count: number | undefined) => (count === undefined ? 'all' : formatBytes(count));
  return kind === 'out' ? `${amount(bytes?.out)} out` : `${amount(bytes?.in)} in, ${amount(bytes?.out)} out`;
}

function checkWord(when: 'before' | 'after' | 'unchecked'): string {
  return when === 'unchecked' ? 'not checked' : `checked ${when}`;
}

function describeProbe({ probe }: ImportPlan): [string, string][] {
  if (probe === undefined) return [];
  const rows: [string, string][] = [];
  if (probe.title !== undefined) rows.push(['title', printable(probe.title)]);
  if (probe.durationSeconds !== undefined) rows.push(['duration', formatClock(probe.durationSeconds)]);
  if (probe.cost !== undefined) rows.push(['cost', formatCost(probe.cost)]);
  return rows;
}
