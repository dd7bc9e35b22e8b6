import { toSluiceError } from '../model/error.js';
import { redactText } from '../model/redact.js';
import type { ParsedRequest } from '../model/request.js';
import { sourceScheme } from '../model/source.js';
import { jobSecrets } from '../store/secrets.js';
import type { Engine } from './engine.js';
import { type Intake, judge } from './intake.js';
import { probeSource } from './probe.js';
import type { Provider } from './providers.js';
import { filesOf } from './put/files.js';
import type { Route } from './route.js';
import type { ImportPlan } from './sluice.js';

/** What would become of a request; with `probe`, also what the provider says of the source. */
export async function planImport(
  engine: Engine,
  intake: Intake,
  options: { probe: boolean; signal: AbortSignal },
): Promise<ImportPlan> {
  const ahead = await lookAhead(engine, intake, options.signal);
  const plan = await withFiles(engine, planOf(ahead), { intake: ahead, signal: options.signal });
  if (!options.probe) return plan;
  const { provider, record } = intake;
  try {
    const probe = await probeSource(engine, intake, options.signal);
    const size = plan.size ?? probe?.size;
    return { ...plan, ...(probe !== undefined && { probe }), ...(size !== undefined && { size }) };
  } catch (thrown) {
    const error = toSluiceError(thrown);
    if (error.code === 'aborted') throw error;
    const message = redactText(error.message, jobSecrets(provider, record));
    return { ...plan, problems: [...plan.problems, { severity: 'warning', field: 'probe', message }] };
  }
}

function planOf({ provider, record, request, route, problems }: Intake): ImportPlan {
  const { source } = request;
  const told = source.kind === 'file' || source.kind === 'bytes' ? source.size : undefined;
  const size = request.expect?.size ?? told ?? record.measured?.size;
  const traffic = route === undefined || size === undefined ? undefined : trafficOf(route, size);
  return {
    provider: provider.name,
    adapter: provider.adapter.name,
    name: record.display.name,
    source: record.display.source,
    lane: record.lane,
    ...(route !== undefined && { route }),
    ...(traffic !== undefined && { traffic }),
    checks: checksOf(provider, request, route),
    problems,
    ...(size !== undefined && { size }),
    ...(record.measured?.media !== undefined && { media: record.measured.media }),
  };
}

function checksOf(
  { adapter }: Provider,
  { source, expect }: ParsedRequest,
  route: Route | undefined,
): ImportPlan['checks'] {
  const measured = new Set(adapter.capabilities.checks);
  const readHere = route !== undefined && route.traffic !== 'none';
  const seenBefore = expect?.size !== undefined && (readHere || /^https?$/.test(sourceScheme(source) ?? ''));
  return {
    size: measured.has('size') ? 'after' : seenBefore ? 'before' : 'unchecked',
    sha256: measured.has('sha256') ? 'after' : readHere && expect?.sha256 !== undefined ? 'before' : 'unchecked',
  };
}

/** Of files that go into a bucket: what they have together, as far as each tells. */
async function withFiles(
  engine: Engine,
  plan: ImportPlan,
  { intake, signal }: { intake: Intake; signal: AbortSignal },
): Promise<ImportPlan> {
  const files = filesOf(intake);
  if (files.length === 0 || intake.route === undefined) return plan;
  const moved = { in: 0, out: 0 };
  for (const { source } of files) {
    const size = 'size' in source ? source.size : await sizeOf(engine, source.url, signal);
    // Where one is not known, neither is the whole.
    if (size === undefined) return plan;
    moved.out += size;
    if (source.kind === 'url') moved.in += size;
  }
  return { ...plan, size: moved.out, traffic: moved };
}

async function sizeOf(engine: Engine, url: string, signal: AbortSignal): Promise<number | undefined> {
  try {
    return (await engine.sources.look(url, { signal })).size;
  } catch (thrown) {
    if (signal.aborted) throw thrown;
    return undefined;
  }
}

function trafficOf({ traffic }: Route, size: number): { in: number; out: number } {
  return { in: traffic === 'in and out' ? size : 0, out: traffic === 'none' ? 0 : size };
}

/** The intake with the source's size where it must be known: for the provider, or because the bytes pass through here. */
async function lookAhead(engine: Engine, intake: Intake, signal: AbortSignal): Promise<Intake> {
  const { provider, request, record, route } = intake;
  const { source, expect } = request;
  const needed = provider.adapter.capabilities.needs?.includes('size') === true || route?.traffic === 'in and out';
  if (!needed || route === undefined || expect?.size !== undefined || source.kind !== 'url') return intake;
  try {
    const { size } = await engine.sources.look(source.url, { signal });
    if (size === undefined) return unsized(intake, 'the source does not tell it');
    return judge(engine, { provider, request, record: { ...record, measured: { ...record.measured, size } } });
  } catch (thrown) {
    const error = toSluiceError(thrown);
    if (signal.aborted) throw error;
    const message = redactText(error.message, jobSecrets(provider, record));
    // What the source can never be read for, no size mends.
    if (error.retry === 'never') return withProblem(intake, 'source', message);
    return unsized(intake, message);
  }
}

function unsized(intake: Intake, why: string): Intake {
  return withProblem(intake, 'expect.size', `the size must be known before the start; give it (${why})`);
}

function withProblem(intake: Intake, field: string, message: string): Intake {
  return { ...intake, problems: [...intake.problems, { severity: 'error', field, message }] };
}
