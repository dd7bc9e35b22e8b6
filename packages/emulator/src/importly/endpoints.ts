import { randomUUID } from 'node:crypto';
import type { JsonAnswer } from '../faults/broken-answer.js';
import { runTask } from '../server/run-task.js';
import { acceptance, concurrencyRefusal, importStatus, metadataStatus, refusal } from './answers.js';
import { type Call, type Endpoint, textParameter } from './exchange.js';
import { isReachable } from './fetch-source.js';
import { readImportRequest, readMetadataRequest } from './import-request.js';
import { enter } from './importly-state.js';
import type { EmulatedImport, EmulatedMetadataJob } from './job.js';
import { type ImportRunner, runImport } from './run-import.js';
import { runMetadata } from './run-metadata.js';

/** POST /import. */
export function startEndpoint(runner: ImportRunner): Endpoint {
  return { path: '/import', point: 'start', window: 'starts', answer: (call) => startImport(runner, call) };
}

/** GET /import/status. */
export function importStatusEndpoint({ state }: ImportRunner): Endpoint {
  const answer = (call: Call) => statusOf(call, state.imports, (job) => importStatus(job, state.settings));
  return { path: '/import/status', point: 'status', window: 'statuses', answer };
}

/** GET or POST /metadata and /metadata/basic. */
export function metadataEndpoint(runner: ImportRunner, kind: EmulatedMetadataJob['kind']): Endpoint {
  const answer = (call: Call) => startMetadata(runner, kind, call);
  return { path: `/${kind}`, point: 'metadata', window: 'metadata', answer };
}

/** GET /metadata/status and /metadata/basic/status. */
export function metadataStatusEndpoint({ state }: ImportRunner, kind: EmulatedMetadataJob['kind']): Endpoint {
  const answer = (call: Call) => statusOf(call, state.metadataJobs, (job) => metadataStatus(job, state.settings));
  return { path: `/${kind}/status`, point: 'status', window: 'statuses', answer };
}

async function startImport(runner: ImportRunner, call: Call): Promise<JsonAnswer> {
  const { state } = runner;
  const { settings, active } = state;
  const read = readImportRequest(call.parameters);
  if (!read.ok) return refusal(400, read.error);
  if (state.account.credits < settings.costs.minimumCredits) return refusal(402, 'InsufficientCredits');
  if (!(await passesAsReachable(runner, read.value.url))) return refusal(400, 'The URL is unreachable');
  // Looked at last, with nothing awaited between the look and the job, so that the count is never exceeded.
  const { concurrentImports } = settings.limits;
  if (active.imports.size >= concurrentImports) {
    state.ledger.refused429 += 1;
    return concurrencyRefusal(concurrentImports, active.imports.size, '/import');
  }
  const job: EmulatedImport = { ...newJob(state.rooms.clock.now()), request: read.value };
  state.imports.set(job.id, job);
  active.imports.add(job);
  state.ledger.startsAccepted += 1;
  enter(state);
  runTask(state, runImport(runner, job));
  return acceptance(job.id, "Media import has been queued. You will receive a webhook when it's complete.", settings);
}

async function startMetadata(runner: ImportRunner, kind: EmulatedMetadataJob['kind'], call: Call): Promise<JsonAnswer> {
  const { state } = runner;
  const { settings, active } = state;
  const read = readMetadataRequest(call.parameters);
  if (!read.ok) return refusal(400, read.error);
  if (!(await passesAsReachable(runner, read.value.url))) return refusal(400, 'The URL is unreachable');
  const { concurrentMetadata } = settings.limits;
  if (active.metadata.size >= concurrentMetadata) {
    state.ledger.refused429 += 1;
    return concurrencyRefusal(concurrentMetadata, active.metadata.size, `/${kind}`);
  }
  const job: EmulatedMetadataJob = { ...newJob(state.rooms.clock.now()), kind, request: read.value };
  state.metadataJobs.set(job.id, job);
  active.metadata.add(job);
  enter(state);
  runTask(state, runMetadata(state, runner.fetcher, job));
  return acceptance(job.id, 'Metadata request has been queued.', settings);
}

function newJob(now: number) {
  return {
    id: randomUUID(),
    status: 'queued',
    createdAt: now,
    startedAt: null,
    completedAt: null,
    statusCalls: 0,
  } as const;
}

async function passesAsReachable({ state, fetcher }: ImportRunner, url: string): Promise<boolean> {
  if (state.settings.unreachable === 'fail' || fetcher.remembers(url)) return true;
  return isReachable(url, state.rooms.closing);
}

function statusOf<Job extends { statusCalls: number }>(
  call: Call,
  jobs: ReadonlyMap<string, Job>,
  answer: (job: Job) => JsonAnswer,
): JsonAnswer {
  const id = textParameter(call.parameters, 'id');
  if (id === undefined || id === '') return refusal(400, 'Missing id');
  const job = jobs.get(id);
  if (!job) return refusal(404, 'Job not found');
  job.statusCalls += 1;
  return answer(job);
}
