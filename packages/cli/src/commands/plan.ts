import type { Sluice } from '@sluice/core';
import { exitCode } from '../exit-code.js';
import { Interruption } from '../interruption.js';
import { openManifest } from '../manifest/open-manifest.js';
import { planBulk } from '../plan/plan-bulk.js';
import { pricesOf, showPlan } from '../plan/show-plan.js';
import { adapterOf, buildRequests, sharedFields } from '../request/build-requests.js';
import { lookOver } from '../request/look-over.js';
import type { CommonOptions, RequestOptions } from '../request/request-options.js';
import { withSluice } from '../session.js';

/** What `sluice plan` takes. */
export interface PlanOptions extends CommonOptions, RequestOptions {
  probe?: boolean;
}

/** `sluice plan SOURCE…`: what `import` would do; exit code 1 when it would refuse one of them. */
export async function planCommand(sources: string[], options: PlanOptions): Promise<number> {
  return withSluice(options, async (sluice) => {
    const [only] = sources;
    if (sources.length === 1 && only !== undefined && isManifest(only)) return planManifest(sluice, only, options);
    const requests = await buildRequests(sluice, sources, options);
    const interruption = new Interruption();
    let refused = false;
    for (const { request } of requests) {
      const plan = await lookOver(sluice, request, { probe: options.probe === true, signal: interruption.signal });
      const prices = pricesOf(sluice, plan);
      if (showPlan(plan, { ...options, prices }) === exitCode.failed) refused = true;
    }
    interruption.end();
    return refused ? exitCode.failed : exitCode.completed;
  });
}

/** By its ending: no provider takes a table for a video. */
function isManifest(source: string): boolean {
  return /\.(csv|tsv|jsonl|ndjson)$/i.test(source) && !/^[a-z][a-z0-9+.-]*:\/\//i.test(source);
}

async function planManifest(sluice: Sluice, name: string, options: PlanOptions): Promise<number> {
  const manifest = await openManifest(name);
  const reading = {
    folder: manifest.folder,
    defaults: sharedFields(sluice, options),
    adapterOf: (provider: string | undefined) => adapterOf(sluice, provider),
  };
  return planBulk(sluice, { rows: () => manifest.rows(), reading }, options);
}
