import { toSluiceError } from '../model/error.js';
import { redactText } from '../model/redact.js';
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
  const measured = new Set(provider.adapter.capabilities.checks);
  const { source, expect } = request;
  const readHere = source.kind === 'file' || source.kind === 'bytes';
  const seenBefore = expect?.size !== undefined && (readHere || /^https?$/.test(sourceScheme(source) ?? ''));
  const size = expect?.size ?? (readHere ? source.size : undefined);
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
    problems: intake.problems,
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
