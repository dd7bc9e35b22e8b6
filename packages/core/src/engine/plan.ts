import type { Problem } from '../model/adapter.js';
import { toSluiceError } from '../model/error.js';
import { redactText, urlSecrets } from '../model/redact.js';
import { sourceScheme } from '../model/source.js';
import { recordSecrets } from '../store/secrets.js';
import type { Engine } from './engine.js';
import type { Intake } from './intake.js';
import { probeSource } from './probe.js';
import type { ImportPlan } from './sluice.js';

/** What would become of a request; with `probe`, also what the provider says of the source. */
export async function planImport(
  engine: Engine,
  intake: Intake,
  options: { probe: boolean; signal: AbortSignal },
): Promise<ImportPlan> {
  const { provider, record, request, route } = intake;
  const look = await lookAhead(engine, intake, options.signal);
  const measured = new Set(provider.adapter.capabilities.checks);
  const { source, expect } = request;
  const readHere = source.kind === 'file' || source.kind === 'bytes';
  const seenBefore = expect?.size !== undefined && (readHere || /^https?$/.test(sourceScheme(source) ?? ''));
  const size = expect?.size ?? (readHere ? source.size : look.size);
  const plan: ImportPlan = {
    provider: provider.name,
    adapter: provider.adapter.name,
    name: record.display.name,
    source: record.display.source,
    lane: record.lane,
    ...(route !== undefined && { route }),
    checks: {
      size: measured.has('size') ? 'after' : seenBefore ? 'before' : 'unchecked',
      sha256: measured.has('sha256') ? 'after' : readHere && expect?.sha256 !== undefined ? 'before' : 'unchecked',
    },
    problems: [...intake.problems, ...look.problems],
    ...(size !== undefined && { size }),
    ...(record.measured?.media !== undefined && { media: record.measured.media }),
  };
  if (!options.probe) return plan;
  try {
    const probe = await probeSource(engine, intake, options.signal);
    const size = plan.size ?? probe?.size;
    return { ...plan, ...(probe !== undefined && { probe }), ...(size !== undefined && { size }) };
  } catch (thrown) {
    const error = toSluiceError(thrown);
    if (error.code === 'aborted') throw error;
    const message = redactText(error.message, [...provider.secrets, ...recordSecrets(record)]);
    return { ...plan, problems: [...plan.problems, { severity: 'warning', field: 'probe', message }] };
  }
}

/** The source's size where the provider must know it, or the problem that nobody does. */
async function lookAhead(
  engine: Engine,
  { provider, request: { source, expect } }: Intake,
  signal: AbortSignal,
): Promise<{ size?: number; problems: Problem[] }> {
  const needed = provider.adapter.capabilities.needs?.includes('size') === true;
  if (!needed || expect?.size !== undefined || source.kind !== 'url') return { problems: [] };
  try {
    const { size } = await engine.sources.look(source.url, { signal });
    return size === undefined ? { problems: [unknownSize('the source does not tell it')] } : { size, problems: [] };
  } catch (thrown) {
    const error = toSluiceError(thrown);
    if (signal.aborted) throw error;
    const why = redactText(error.message, [...provider.secrets, ...urlSecrets(source.url)]);
    return { problems: [unknownSize(why)] };
  }
}

function unknownSize(why: string): Problem {
  return {
    severity: 'error',
    field: 'expect.size',
    message: `the size must be known before the start, and ${why}; give it`,
  };
}
