import { type ImportPlan, type Sluice, SluiceError } from '@sluice/core';
import { type Follower, follow } from '../follow.js';
import { type BuiltRequest, buildRequests } from '../request/build-requests.js';
import { lookOver } from '../request/look-over.js';
import type { CommonOptions, RequestOptions, WaitingOptions } from '../request/request-options.js';
import { openStandardInput, standardInput } from '../request/standard-input.js';
import { withSluice } from '../session.js';
import { usageError } from '../usage.js';

/** What `sluice import` takes. */
export interface ImportOptions extends CommonOptions, RequestOptions, WaitingOptions {
  wait: boolean;
}

/** `sluice import SOURCE…`: everything is checked before the first job is created. */
export async function importCommand(sources: string[], options: ImportOptions): Promise<number> {
  if (!options.wait && options.timeout !== undefined) {
    throw usageError('--timeout and --no-wait exclude each other: there is nothing to wait for');
  }
  return withSluice(options, async (sluice) => {
    const requests = await buildRequests(sluice, sources, options);
    for (const { source, request } of requests)
      refuseProblems(await lookOver(sluice, request), source, requests.length);
    for (const built of requests.filter(({ source }) => source === standardInput)) {
      built.request = await openStandardInput(built.request, options);
      refuseProblems(await lookOver(sluice, built.request), built.source, requests.length);
    }
    return follow(options, (follower) => handOver(sluice, requests, { follower, wait: options.wait }));
  });
}

function refuseProblems(plan: ImportPlan, source: string, count: number): void {
  const problem = plan.problems.find(({ severity }) => severity === 'error');
  if (problem === undefined) return;
  const where = count === 1 ? '' : `SOURCE ${source}: `;
  throw usageError(`${where}${problem.field}: ${problem.message}`);
}

async function handOver(
  sluice: Sluice,
  requests: BuiltRequest[],
  { follower, wait }: { follower: Follower; wait: boolean },
): Promise<void> {
  let created = 0;
  const left = () => `${requests.length - created} of ${requests.length} sources have no job: import them again`;
  for (const { request } of requests) {
    if (follower.interrupted) return follower.refuse(left());
    try {
      const job = await sluice.import(request);
      created += 1;
      if (wait) void follower.add(job);
      else follower.handOver(job);
    } catch (error) {
      if (created === 0 || !SluiceError.is(error)) throw error;
      return follower.refuse(`${error.message}; ${left()}`);
    }
  }
}
