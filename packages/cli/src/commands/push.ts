import { type BulkOptions, runBulk } from '../batch/bulk-command.js';
import { type BulkPlanOptions, planBulk } from '../plan/plan-bulk.js';
import { readFolder } from '../push/folder-rows.js';
import { adapterOf, sharedFields } from '../request/build-requests.js';
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
