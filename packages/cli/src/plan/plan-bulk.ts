import { type BatchIdentity, type ImportPlan, type JsonObject, type Sluice, SluiceError } from '@sluice/core';
import { count, rivalWords, rowsText } from '../batch/batch-words.js';
import { exitCode } from '../exit-code.js';
import { Interruption } from '../interruption.js';
import { type BadRow, describeRow, isBad, type Row } from '../manifest/row.js';
import { type RowReading, requestOf } from '../manifest/row-request.js';
import { formatBytes, formatClock, formatDuration } from '../output/format.js';
import { printable } from '../output/text.js';
import { inOrder } from '../pool.js';
import { estimateCost, lastJobs } from './costs.js';
import { historyOf } from './history.js';
import { type History, ProviderTotals } from './plan-totals.js';
import { RowPlaces } from './row-places.js';

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

/** What came of looking at one row. */
type Look =
  | { row: Place; problem: string }
  | { row: Place; identity: BatchIdentity; provider: string; known: string }
  | { row: Place; identity: BatchIdentity; provider: string; plan: ImportPlan };

interface Place {
  number: number;
  line: number;
}

/** What came of looking at all rows. */
interface BulkPlan {
  rows: number;
  /** Rows that have a job, by its state: nothing new would be started. */
  known: Map<string, number>;
  /** Rows that are the same as earlier ones. */
  same: number;
  problems: number;
  providers: Map<string, ProviderTotals>;
}

/** Looks at every row without importing any: problems in the order of the rows, then the sums. Exit code 1 when a row would be refused. */
export async function planBulk(sluice: Sluice, input: BulkPlanInput, options: BulkPlanOptions): Promise<number> {
  const interruption = new Interruption();
  const plan: BulkPlan = { rows: 0, known: new Map(), same: 0, problems: 0, providers: new Map() };
  const places = new RowPlaces();
  const { signal } = interruption;
  const refuse = (row: Place, problem: string) => {
    plan.problems += 1;
    process.stdout.write(`${problemLine(row, problem, options)}\n`);
  };
  try {
    await inOrder(untilAborted(input.rows(), signal), {
      atOnce,
      work: (row) => lookAt(sluice, row, { input, options, signal }),
      take: (look) => {
        plan.rows += 1;
        if ('problem' in look) return refuse(look.row, look.problem);
        const { sameAs, rival } = places.meet(look.row.number, look.identity, look.provider);
        if (rival !== undefined) return refuse(look.row, rivalWords(rival));
        if (sameAs !== undefined) plan.same += 1;
        else if ('known' in look) plan.known.set(look.known, (plan.known.get(look.known) ?? 0) + 1);
        else totalsOf(plan, look.plan).add(look.plan);
      },
    });
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    interruption.end();
  }
  if (signal.aborted) return exitCode.interrupted;
  await print(sluice, plan, options);
  return plan.problems > 0 ? exitCode.failed : exitCode.completed;
}

async function* untilAborted<Item>(items: AsyncIterable<Item>, signal: AbortSignal): AsyncIterable<Item> {
  for await (const item of items) {
    if (signal.aborted) return;
    yield item;
  }
}

function problemLine({ number, line }: Place, problem: string, { json }: BulkPlanOptions): string {
  if (json === true) return JSON.stringify({ type: 'problem', row: number, line, message: problem });
  return `${describeRow({ number, line })}: ${printable(problem)}`;
}

interface Looking {
  input: BulkPlanInput;
  options: BulkPlanOptions;
  signal: AbortSignal;
}

async function lookAt(sluice: Sluice, row: Row | BadRow, { input, options, signal }: Looking): Promise<Look> {
  if (isBad(row)) return { row, problem: row.problem };
  try {
    const request = requestOf(row, input.reading);
    const identity = await sluice.batchIdentity(request);
    const job = await knownJob(sluice, identity);
    if (job !== undefined) return { row, identity, provider: job.provider, known: job.state };
    const plan = await sluice.plan(request, { probe: options.probe === true, signal });
    const error = plan.problems.find(({ severity }) => severity === 'error');
    if (error !== undefined) return { row, problem: `${error.field}: ${error.message}` };
    return { row, identity, provider: plan.provider, plan };
  } catch (error) {
    if (!SluiceError.is(error) || error.code === 'aborted') throw error;
    return { row, problem: error.message };
  }
}

async function knownJob(sluice: Sluice, { key }: BatchIdentity) {
  if (key === undefined) return undefined;
  for await (const snapshot of sluice.jobs({ key, limit: 1 })) return snapshot;
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

async function planLine(sluice: Sluice, { rows, known, same, problems, providers }: BulkPlan): Promise<JsonObject> {
  const each: [string, JsonObject][] = [];
  for (const [name, totals] of providers) {
    const { info, history } = await backgroundOf(sluice, name);
    const cost = estimateCost(totals, { prices: info?.prices, history });
    each.push([
      name,
      {
        rows: totals.rows,
        routes: Object.fromEntries(totals.routes),
        bytes: totals.bytes,
        rowsOfUnknownSize: totals.unsized,
        seconds: totals.timed === 0 ? null : totals.seconds,
        leastMs: info === undefined ? null : totals.leastMs(info, history),
        costs: Object.fromEntries(cost.amounts),
        costsBy: cost.by,
        pricesAsOf: cost.by === 'prices' ? (info?.prices?.asOf ?? null) : null,
        warnings: Object.fromEntries(totals.warnings),
      },
    ]);
  }
  const sums = { rows, problems, known: Object.fromEntries(known), same };
  return { type: 'plan', ...sums, providers: Object.fromEntries(each) };
}

async function describe(sluice: Sluice, { rows, known, same, problems, providers }: BulkPlan): Promise<string[]> {
  const lines = [`${rowsText(rows)}${problems > 0 ? `, ${count(problems)} of them wrong` : ''}`];
  for (const [state, many] of known) lines.push(`  ${count(many)} ${knownWords[state] ?? state}`);
  if (same > 0) lines.push(`  ${count(same)} ${same === 1 ? 'is' : 'are'} the same as earlier ones`);
  for (const [name, totals] of providers) {
    const { info, history } = await backgroundOf(sluice, name);
    lines.push(`${printable(name)}: ${count(totals.rows)} to import`);
    const row = (label: string, value: string) => lines.push(`  ${label.padEnd(10)}${value}`);
    row('route', [...totals.routes].map(([kind, many]) => `${kind} ${count(many)}`).join(', '));
    row('size', sizeWords(totals));
    if (totals.timed > 0) row('length', lengthWords(totals));
    if (info !== undefined) row('time', timeWords(totals.leastMs(info, history), history));
    row('cost', estimateCost(totals, { prices: info?.prices, history }).words);
    for (const [warning, many] of totals.warnings) row('warning', `${printable(warning)} (${rowsText(many)})`);
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

function lengthWords({ seconds, timed, rows }: ProviderTotals): string {
  return `${formatClock(seconds)}${timed < rows ? `, and ${count(rows - timed)} rows of unknown length` : ''}`;
}

function timeWords(leastMs: number, history: History | undefined): string {
  const basis =
    history === undefined ? "by the provider's limits alone" : `by its limits and ${lastJobs(history)} here`;
  return `at least ${formatDuration(leastMs)}, ${basis}`;
}
