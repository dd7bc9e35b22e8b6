import { createSluice, type ProviderInfo, type Sluice, type SluiceOptions } from '@sluice/core';
import { findConfiguration, openConfiguration, reach, readConfiguration } from '@sluice/core/node';
import { exitCode } from '../exit-code.js';
import { formatDistance } from '../output/format.js';
import { type Style, styleOf } from '../output/style.js';
import { printable } from '../output/text.js';
import type { CommonOptions } from '../request/request-options.js';
import { openOptions } from '../session.js';

/** One thing that was looked at. */
interface Finding {
  check: string;
  outcome: 'ok' | 'warn' | 'fail';
  /** What was found and, unless it is well, the way out. */
  message: string;
}

/** Signatures and deliveries are refused somewhere above five minutes; below one, nobody minds. */
const clockToleranceMs = 60_000;
const stagingTimeoutMs = 60_000;

/** `sluice doctor`: a line for each check; exit code 1 when one failed. Nothing that could cost is asked of a provider. */
export async function doctorCommand(options: CommonOptions): Promise<number> {
  const style = styleOf(process.stdout);
  let failed = false;
  for await (const finding of examine(options)) {
    failed ||= finding.outcome === 'fail';
    const line = options.json === true ? JSON.stringify({ type: 'check', ...finding }) : render(finding, style);
    process.stdout.write(`${line}\n`);
  }
  return failed ? exitCode.failed : exitCode.completed;
}

/** Each step needs the ones before it: the first that fails is the last. */
async function* examine({ config }: CommonOptions): AsyncGenerator<Finding> {
  const read = await attempt('configuration', async () => readConfiguration(findConfiguration({ config })));
  yield read.finding(({ file }) => file);
  if (!read.done) return;
  const opened = await attempt('packages', async () => openConfiguration(read.value, openOptions));
  yield opened.finding(() => packageNames(read.value.content));
  if (!opened.done) return;
  const client = await attempt('settings', async () => createSluice(opened.value));
  yield client.finding(
    (sluice) =>
      `fit, for ${sluice
        .providers()
        .map(({ name }) => name)
        .join(', ')}`,
  );
  if (!client.done) return;
  yield await examineStore(opened.value);
  for (const info of client.value.providers()) yield await examineProvider(info, opened.value);
  yield* examineStaging(client.value);
  yield* examineBuckets(client.value);
  await client.value.close();
}

function packageNames({
  providers,
  store,
}: {
  providers: Record<string, { adapter: string }>;
  store?: { adapter: string } | undefined;
}) {
  const names = Object.values(providers).map(({ adapter }) => adapter);
  return `${[...new Set([...names, store?.adapter ?? openOptions.defaultStore])].join(', ')} loaded`;
}

/** Writes nothing that stays: frees a slot that nobody holds. Reading a job needs the key that its secrets are sealed with. */
async function examineStore({ store }: SluiceOptions): Promise<Finding> {
  if (store === undefined)
    return { check: 'store', outcome: 'warn', message: 'jobs live in memory and end with the process' };
  const tried = await attempt('store', async () => {
    await store.free('doctor', 'doctor');
    for await (const { id } of store.list({ limit: 1, order: 'newest' })) await store.read(id);
  });
  return tried.finding(() => 'can be written and read');
}

async function examineProvider({ name, baseUrl }: ProviderInfo, { network }: SluiceOptions): Promise<Finding> {
  const check = `provider ${name}`;
  const tried = await attempt(check, async () => reach(baseUrl, network));
  if (!tried.done) return tried.finding(() => '');
  const { status, tookMs, clockAheadMs = 0 } = tried.value;
  const answered = `${baseUrl} answers (HTTP ${status} in ${tookMs} ms)`;
  if (Math.abs(clockAheadMs) > clockToleranceMs) {
    const how = `${formatDistance(clockAheadMs)} ${clockAheadMs > 0 ? 'ahead of' : 'behind'}`;
    return {
      check,
      outcome: 'warn',
      message: `${answered}, but this machine's clock is ${how} its own: set the clock`,
    };
  }
  return { check, outcome: 'ok', message: `${answered}; its credentials are tried by the first import` };
}

/** As the "Test Connection" of Importly's S3 page, and more: a job that stages also fetches, lists and removes. */
async function* examineStaging(sluice: Sluice): AsyncGenerator<Finding> {
  const check = 'staging';
  const tried = await attempt(check, () => sluice.testStaging({ signal: AbortSignal.timeout(stagingTimeoutMs) }));
  if (!tried.done) return yield tried.finding(() => '');
  if (tried.value === undefined) return;
  const { place, problems } = tried.value;
  if (problems.length === 0) {
    yield { check, outcome: 'ok', message: `${place} takes, hands out, lists and removes objects` };
  }
  for (const message of problems) yield { check, outcome: 'fail', message };
}

/** The buckets that providers import from, each as a job would use it. */
async function* examineBuckets(sluice: Sluice): AsyncGenerator<Finding> {
  const signal = AbortSignal.timeout(stagingTimeoutMs);
  for await (const { provider, integration, place, problems } of sluice.testBuckets({ signal })) {
    const check = `bucket of ${provider}`;
    const own = `integration ${integration}`;
    if (problems.length === 0)
      yield { check, outcome: 'ok', message: `${own}: ${place} takes, lists and removes objects` };
    for (const problem of problems) yield { check, outcome: 'fail', message: `${own}: ${problem}` };
  }
}

type Attempt<Value> = { finding: (describe: (value: Value) => string) => Finding } & (
  | { done: true; value: Value }
  | { done: false }
);

async function attempt<Value>(check: string, work: () => Promise<Value>): Promise<Attempt<Value>> {
  try {
    const value = await work();
    return { done: true, value, finding: (describe) => ({ check, outcome: 'ok', message: describe(value) }) };
  } catch (error) {
    const message = (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
    return { done: false, finding: () => ({ check, outcome: 'fail', message }) };
  }
}

function render({ check, outcome, message }: Finding, style: Style): string {
  const paint = { ok: style.good, warn: style.warn, fail: style.bad }[outcome];
  return `${paint(outcome.padEnd(4))}  ${printable(check).padEnd(19)}  ${printable(message)}`;
}
