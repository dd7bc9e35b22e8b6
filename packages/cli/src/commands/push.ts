import type { Sluice } from '@sluice/core';
import { fromFile } from '@sluice/core/node';
import { type BulkOptions, runBulk } from '../batch/bulk-command.js';
import { follow } from '../follow.js';
import { type BulkPlanOptions, planBulk } from '../plan/plan-bulk.js';
import { pricesOf, showPlan } from '../plan/show-plan.js';
import { type FileRow, readFolder } from '../push/folder-rows.js';
import { adapterOf, intoBucket, sharedFields } from '../request/build-requests.js';
import { lookOver } from '../request/look-over.js';
import type { CommonOptions, RequestOptions } from '../request/request-options.js';
import { withSluice } from '../session.js';
import { usageError } from '../usage.js';

/** What `sluice push` takes. */
export interface PushOptions extends CommonOptions, BulkOptions, BulkPlanOptions, RequestOptions {
  include?: string[];
  exclude?: string[];
  dryRun?: boolean;
}

/** `sluice push FOLDER`: every file of it is a request. */
export async function pushCommand(folder: string, options: PushOptions): Promise<number> {
  return withSluice(options, async (sluice) => {
    const { include, exclude, result, report } = options;
    const except = [result, result && `${result}.lock`, report].filter((path) => path !== undefined);
    const files = await readFolder(folder, { include, exclude, except });
    if (files.length === 0) {
      throw usageError(`FOLDER ${folder}: holds no file to push; hidden and temporary ones are left out`);
    }
    if (options.into !== undefined) return pushInto(sluice, files, { ...options, into: options.into });
    const input = {
      title: folder,
      rows: async function* () {
        yield* files;
      },
      reading: {
        folder,
        defaults: sharedFields(sluice, options),
        adapterOf: (provider: string | undefined) => adapterOf(sluice, provider),
      },
      total: files.length,
    };
    if (options.dryRun === true) return planBulk(sluice, input, options);
    const format = options.result?.endsWith('.jsonl') === true ? ('jsonl' as const) : ('csv' as const);
    return runBulk(sluice, { ...input, passes: undefined, shape: { format, columns: ['source', 'name'] } }, options);
  });
}

/** The whole folder as one job: its files go into the bucket of an integration, and are imported from there. */
async function pushInto(sluice: Sluice, rows: FileRow[], options: PushOptions & { into: string }): Promise<number> {
  if (options.result !== undefined || options.report !== undefined) {
    throw usageError('--into makes one job of all files: --result and --report are about many');
  }
  const files = rows.map(({ cells: { source, name } }) => ({ source: fromFile(source), typed: source, name }));
  const { request } = intoBucket(files, sharedFields(sluice, options), options);
  const plan = await lookOver(sluice, request);
  if (options.dryRun === true) return showPlan(plan, { ...options, prices: pricesOf(sluice, plan) });
  const problem = plan.problems.find(({ severity }) => severity === 'error');
  if (problem !== undefined) throw usageError(`${problem.field}: ${problem.message}`);
  return follow(options, async (follower) => void follower.add(await sluice.import(request)));
}
