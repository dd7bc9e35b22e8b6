import { type BulkOptions, runBulk } from '../batch/bulk-command.js';
import { isResultColumn } from '../manifest/columns.js';
import { openManifest } from '../manifest/open-manifest.js';
import { surveyManifest } from '../manifest/survey.js';
import { adapterOf, sharedFields } from '../request/build-requests.js';
import type { CommonOptions, RequestOptions } from '../request/request-options.js';
import { withSluice } from '../session.js';

/** What `sluice batch` takes. */
export interface BatchCommandOptions extends CommonOptions, BulkOptions, RequestOptions {}

/** `sluice batch MANIFEST`: every row is a request. */
export async function batchCommand(name: string, options: BatchCommandOptions): Promise<number> {
  return withSluice(options, async (sluice) => {
    const manifest = await openManifest(name);
    const survey = manifest.path !== undefined ? await surveyManifest(manifest) : undefined;
    const { format, folder, heading } = manifest;
    return runBulk(
      sluice,
      {
        title: manifest.label,
        path: manifest.path,
        rows: () => manifest.rows(),
        reading: {
          folder,
          defaults: sharedFields(sluice, options),
          adapterOf: (provider) => adapterOf(sluice, provider),
        },
        total: survey?.rows,
        passes: survey === undefined || survey.providers.size < 2 ? undefined : [...survey.providers],
        shape: { format, columns: format === 'csv' ? heading.filter((column) => !isResultColumn(column)) : [] },
        ...(manifest.path === undefined && { goOn: 'with the same manifest as its input' }),
      },
      options,
    );
  });
}
