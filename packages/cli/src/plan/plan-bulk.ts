import { type ImportPlan, type ImportRequest, type JsonObject, type Sluice, SluiceError } from '@sluice/core';
import { count } from '../batch/batch-words.js';
import { exitCode } from '../exit-code.js';
import { Interruption } from '../interruption.js';
import { type BadRow, describeRow, isBad, type Row } from '../manifest/row.js';
import { type RowReading, requestOf } from '../manifest/row-request.js';
import { formatBytes, formatClock, formatCost, formatDuration } from '../output/format.js';
import { printable } from '../output/text.js';
import { inPool } from '../pool.js';
import { historyOf } from './history.js';
import { type History, ProviderTotals } from './plan-totals.js';

/** What a plan of many rows takes. */
export interface BulkPlanOptions {
  json?: boolean;
  probe?: boolean;
}

/** What is planned. */
export interface BulkPlanInput {
  rows: () => AsyncIterable<Row | BadRow>;
  reading: RowReading;
}

const atOnce = 32;

interface Problem {
  row: { number: number; line: number };
  message: string;
}

/** What came of looking at all rows. */
interface BulkPlan {
  rows: number;
  /** Rows that have a job, by its state: nothing new would be started. */
  known: Map<string, number>;
  problems: number;
  providers: Map<string, ProviderTotals>;
}

/** Looks at every row without importing any: problems as they are met, then the sums. Exit code 1 when a row would be refused. */
export async function planBulk(sluice: Sluice, input: BulkPlanInput, options: BulkPlanOptions): Promise<number> {
  const interruption = new Interruption();
  const plan: BulkPlan = { rows: 0, known: new Map(), problems: 0, providers: new Map() };
  const refuse = ({ row, message }: Problem) => {
    plan.problems += 1;
    const line =
      options.json === true
        ? JSON.stringify({ type: 'problem', row: row.number, line: row.line, message })
        : `${describeRow(row)}: ${printable(message)}`;
    process.stdout.write(`${line}\n`);
  };
  try {
    const { signal } = interruption;
    await inPool(input.rows(), atOnce, async (row) => {
      if (signal.aborted) return;
      plan.rows += 1;
      if (isBad(row)) refuse({ row, message: row.problem });
      else await lookAt(sluice, row, { input, options, plan, refuse, signal });
    });
    if (signal.aborted) return exitCode.interrupted;
  } finally {
    interruption.end();
  }
  await print(sluice, plan, options);
  return plan.problems > 0 ? exitCode.failed : exitCode.completed;
}

interface Looking {
  input: BulkPlanInput;
  options: BulkPlanOptions;
  plan: BulkPlan;
  refuse: (problem: Problem) => void;
  signal: AbortSignal;
}

async function lookAt(sluice: Sluice, row: Row, { input, options, plan, refuse, signal }: Looking): Promise<void> {
  try {
    const request = requestOf(row, input.reading);
    const state = await knownState(sluice, request);
    if (state !== undefined) {
      plan.known.set(state, (plan.known.get(state) ?? 0) + 1);
      return;
    }
    const one = await sluice.plan(request, { probe: options.probe === true, signal });
    const error = one.problems.find(({ severity }) => severity === 'error');
    if (error === undefined) totalsOf(plan, one).add(one);
    else refuse({ row, message: `${error.field}: ${error.message}` });
  } catch (error) {
    if (!SluiceError.is(error) || error.code === 'aborted') throw error;
    refuse({ row, message: error.message });
  }
}

async function knownState(sluice: Sluice, request: ImportRequest): Promise<string | undefined> {
  const key = await sluice.batchKey(request);
  if (key === undefined) return undefined;
  for await (const { state } of sluice.jobs({ key, limit: 1 })) return state;
  return undefined;
}

function totalsOf({ providers }: BulkPlan, { provider }: ImportPlan): ProviderTotals {
  const totals = providers.get(provider) ?? new ProviderTotals();
  providers.set(provider, totals);
  return totals;
}

async function print(sluice: Sluice, plan: BulkPlan, { json }: BulkPlanOptions): Promise<void> {
  const lines = json === true ? [JSON.stringify(await planLine(sluice, plan))] : await describe(sluice, plan);
  process.stdout.write(`${lines.join('\n')}\n`);
}

async function planLine(sluice: Sluice, { rows, known, problems, providers }: BulkPlan): Promise<JsonObject> {
  const each: [string, JsonObject][] = [];
  for (const [name, totals] of providers) {
    const { info, history } = await backgroundOf(sluice, name);
    each.push([
      name,
      {
        rows: totals.rows,
        routes: Object.fromEntries(totals.routes),
        bytes: totals.bytes,
        rowsOfUnknownSize: totals.unsized,
        seconds: totals.probed === 0 ? null : totals.seconds,
        leastMs: info === undefined ? null : totals.leastMs(info, history),
        costs: Object.fromEntries(costsOf(totals, history).amounts),
        warnings: Object.fromEntries(totals.warnings),
      },
    ]);
  }
  return { type: 'plan', rows, problems, known: Object.fromEntries(known), providers: Object.fromEntries(each) };
}

async function describe(sluice: Sluice, { rows, known, problems, providers }: BulkPlan): Promise<string[]> {
  const lines = [
    `${count(rows)} ${rows === 1 ? 'row' : 'rows'}${problems > 0 ? `, ${count(problems)} of them wrong` : ''}`,
  ];
  for (const [state, many] of known) lines.push(`  ${count(many)} ${knownWords[state] ?? state}`);
  for (const [name, totals] of providers) {
    const { info, history } = await backgroundOf(sluice, name);
    lines.push(`${printable(name)}: ${count(totals.rows)} to import`);
    const row = (label: string, value: string) => lines.push(`  ${label.padEnd(10)}${value}`);
    row('route', [...totals.routes].map(([kind, many]) => `${kind} ${count(many)}`).join(', '));
    row('size', sizeWords(totals));
    if (totals.probed > 0) row('length', formatClock(totals.seconds));
    if (info !== undefined) row('time', timeWords(totals.leastMs(info, history), history));
    row('cost', costsOf(totals, history).words);
    for (const [warning, many] of totals.warnings) row('warning', `${printable(warning)} (${count(many)} rows)`);
  }
  return lines;
}

const knownWords: Record<string, string> = {
  completed: 'are done and would be skipped',
  failed: 'have failed before and would be left to sluice retry --failed',
  canceled: 'were canceled before and would be skipped',
  queued: 'are under way',
  running: 'are under way',
};

async function backgroundOf(sluice: Sluice, name: string) {
  return { info: sluice.providers().find((one) => one.name === name), history: await historyOf(sluice, name) };
}

function sizeWords({ bytes, unsized, rows }: ProviderTotals): string {
  if (unsized === rows) return 'not known beforehand';
  return `${formatBytes(bytes)}${unsized > 0 ? `, and ${count(unsized)} rows of unknown size` : ''}`;
}

function timeWords(leastMs: number, history: History | undefined): string {
  const basis =
    history === undefined ? "by the provider's limits alone" : `by its limits and ${lastJobs(history)} here`;
  return `at least ${formatDuration(leastMs)}, ${basis}`;
}

function lastJobs({ jobs }: History): string {
  return jobs === 1 ? 'its last job' : `its last ${jobs} jobs`;
}

/** From the provider's own word, else from what jobs like these cost before. */
function costsOf(
  totals: ProviderTotals,
  history: History | undefined,
): { amounts: Map<string, number>; words: string } {
  const words = (amounts: Map<string, number>) =>
    [...amounts].map(([unit, amount]) => formatCost({ amount: Math.round(amount * 100) / 100, unit })).join(', ');
  if (totals.costs.size > 0) {
    const { probed, rows } = totals;
    return {
      amounts: totals.costs,
      words: `${words(totals.costs)}, says the provider of ${count(probed)} of ${count(rows)} rows`,
    };
  }
  if (history === undefined || history.costs.size === 0) {
    return { amounts: new Map(), words: 'not known; --probe asks the provider, which some charge for' };
  }
  const amounts = new Map([...history.costs].map(([unit, amount]) => [unit, amount * totals.rows]));
  return { amounts, words: `about ${words(amounts)}, as ${lastJobs(history)} here cost` };
}
