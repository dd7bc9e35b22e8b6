import type { AdapterRequest, Problem } from '../model/adapter.js';
import type { NeutralField } from '../model/capabilities.js';
import { SluiceError } from '../model/error.js';
import { invalidInput } from '../model/issues.js';
import type { JobRecord, Warning } from '../model/record.js';
import { redactText, redactUrl } from '../model/redact.js';
import { type ParsedRequest, requestSchema } from '../model/request.js';
import { defaultName, displaySource } from '../model/source.js';
import { jobSecrets } from '../store/secrets.js';
import { adapterRequest } from './adapter-request.js';
import type { Engine } from './engine.js';
import { newId } from './ids.js';
import { findProvider, type Provider } from './providers.js';
import { chooseRoute, type Route } from './route.js';

/** A request, read and looked over without any I/O. */
export interface Intake {
  provider: Provider;
  request: ParsedRequest;
  record: JobRecord;
  /** The request as the adapter sees it. */
  asked: AdapterRequest;
  route: Route | undefined;
  problems: Problem[];
}

/**
 * Reads a request for its provider.
 * @throws SluiceError `invalid-request` for what cannot be read at all; what can be read and is wrong is in `problems`
 */
export function takeIn(engine: Engine, input: unknown, preset: string | undefined): Intake {
  const parsed = requestSchema.safeParse(input);
  if (!parsed.success) throw invalidInput(parsed.error, { known: Object.keys(requestSchema.shape) });
  const request = parsed.data;
  const provider = findProvider(engine.providers, request.provider, preset);
  const { adapter } = provider;
  const options = adapter.options.safeParse(request.options?.[adapter.name] ?? {});
  if (!options.success) {
    throw invalidInput(options.error, { prefix: `options.${adapter.name}`, known: Object.keys(adapter.options.shape) });
  }
  return judge(engine, { provider, request, record: newRecord(engine, request, provider) });
}

/** Holds a request against all the rules that can be seen now: those of its route, its adapter's, and the engine's own. */
export function judge(
  engine: Engine,
  { provider, request, record }: Pick<Intake, 'provider' | 'request' | 'record'>,
): Intake {
  const { members } = provider;
  const means = { sources: engine.sources, staging: engine.staging !== undefined };
  const asGiven = adapterRequest(record, provider, engine.sources);
  const { route, problem } = chooseRoute(request, asGiven, { provider, means });
  const routed = onRoute(record, route);
  const seen = routed.route === undefined ? asGiven : adapterRequest(routed, provider, engine.sources);
  const problems = [
    ...(problem === undefined ? [] : [problem]),
    ...(members.check?.(seen) ?? []),
    ...uncheckable(request, provider, route),
    ...unshared(request),
    ...ignored(engine, request, provider),
  ];
  const secrets = jobSecrets(provider, record);
  const clean = problems.map((one) => ({ ...one, message: redactText(one.message, secrets) }));
  const lane = members.lane?.(seen) ?? record.lane;
  return {
    provider,
    request,
    asked: seen,
    route,
    problems: clean,
    record: { ...routed, lane, warnings: clean.filter(isWarning).map(asWarning) },
  };
}

function onRoute(record: JobRecord, route: Route | undefined): JobRecord {
  const { route: _before, ...rest } = record;
  if (route === undefined || route.kind === 'direct') return rest;
  const source = record.request?.source;
  if (route.kind !== 'put' || source?.kind !== 'integration') return { ...rest, route: route.kind };
  return { ...rest, route: 'put', put: record.put ?? { integration: source.id, files: [] } };
}

/** What can be true of one source only. */
function unshared({ source, expect }: ParsedRequest): Problem[] {
  if (source.kind !== 'integration' || source.files === undefined || expect === undefined) return [];
  const message =
    'is about one source, and these are files for a bucket; what arrives there is held against each file anyway';
  return [{ severity: 'error', field: 'expect', message }];
}

/** @throws SluiceError for the first problem that is an error */
export function assertNoErrors(intake: Intake): void {
  const error = errorOf(intake);
  if (error !== undefined) throw error;
}

/** The first problem that is an error. */
export function errorOf({ problems, provider }: Intake): SluiceError | undefined {
  const error = problems.find(({ severity }) => severity === 'error');
  if (error === undefined) return undefined;
  return new SluiceError({
    code: error.field === 'source' || error.field === 'route' ? 'unsupported' : 'invalid-request',
    message: `${error.field}: ${error.message}`,
    provider: provider.name,
  });
}

function newRecord(engine: Engine, request: ParsedRequest, provider: Provider): JobRecord {
  const now = engine.clock.now();
  return {
    id: newId('job', now),
    ...(request.key !== undefined && { key: request.key }),
    provider: provider.name,
    adapter: provider.adapter.name,
    lane: 'all',
    state: 'queued',
    phase: 'prepare',
    priority: request.priority ?? 0,
    createdAt: now,
    updatedAt: now,
    dueAt: now,
    display: { source: displaySource(request.source), name: redactUrl(request.name ?? defaultName(request.source)) },
    request,
    items: [],
    warnings: [],
    failures: 0,
    idleLooks: 0,
  };
}

/** What the request asks for and this adapter does not honour: a warning each, never silence. */
function ignored(engine: Engine, request: ParsedRequest, provider: Provider): Problem[] {
  const { adapter } = provider;
  const isPut = request.source.kind === 'integration' && request.source.files !== undefined;
  // Whatever the adapter does: there it is about the names in the bucket.
  const honoured = new Set<NeutralField>([
    ...(adapter.capabilities.honours ?? []),
    ...(isPut ? (['ifExists'] as const) : []),
  ]);
  const { title, description, tags, ...rest } = request.metadata ?? {};
  const asked: [NeutralField, string, boolean][] = [
    ['name', 'name', request.name !== undefined],
    ['title', 'metadata.title', title !== undefined],
    ['description', 'metadata.description', description !== undefined],
    ['tags', 'metadata.tags', tags !== undefined],
    ['priority', 'priority', request.priority !== undefined],
    ['ifExists', 'ifExists', request.ifExists !== undefined],
    ['metadata', `metadata.${Object.keys(rest)[0]}`, Object.keys(rest).length > 0],
  ];
  const fields = asked.filter(([field, , given]) => given && !honoured.has(field));
  const known = new Set([...engine.providers.values()].map((one) => one.adapter.name));
  const strangers = Object.keys(request.options ?? {}).filter((name) => !known.has(name));
  return [
    ...fields.map(
      ([, field]): Problem => ({
        severity: 'warning',
        field,
        message:
          field === 'priority'
            ? `${adapter.name} has no such thing: it only orders the jobs that wait here`
            : `${adapter.name} has no such thing: it is left out`,
      }),
    ),
    ...strangers.map(
      (name): Problem => ({
        severity: 'warning',
        field: `options.${name}`,
        message: 'no configured adapter has this name',
      }),
    ),
  ];
}

/** A check that must be made and that nobody can make: better said now than after the import was paid. */
function uncheckable({ expect }: ParsedRequest, { adapter }: Provider, route: Route | undefined): Problem[] {
  if (expect?.unchecked !== 'fail' || expect.sha256 === undefined || expect.sha256 === 'compute') return [];
  // What passes through here is measured while it is read.
  if (route !== undefined && route.traffic !== 'none') return [];
  if (adapter.capabilities.checks.includes('sha256')) return [];
  const message = `${adapter.name} does not measure the source's sha-256, so the job could only fail; leave it out, or let "unchecked" warn`;
  return [{ severity: 'error', field: 'expect.sha256', message }];
}

function isWarning(problem: Problem): boolean {
  return problem.severity === 'warning';
}

function asWarning({ field, message }: Problem): Warning {
  return { code: 'ignored', message: `${field}: ${message}` };
}
