import * as z from 'zod';
import type { JsonAnswer } from '../faults/broken-answer.js';
import { logBody, ok, refusal, rfcTime } from './answers.js';
import type { Call, Endpoint } from './exchange.js';
import { noIndex } from './index-endpoints.js';
import { invalid, metadataSchema } from './metadata.js';
import { filenamesOf, planImport } from './plan-import.js';
import { runImport } from './run-import.js';
import type { TwelvelabsIntegration } from './settings.js';
import type { EmulatedTransfer } from './things.js';
import type { TwelvelabsState } from './twelvelabs-state.js';

const createSchema = z.object({
  index_id: z.string().min(1),
  incremental_import: z.boolean().nullish(),
  retry_failed: z.boolean().nullish(),
  user_metadata: metadataSchema,
});

const BASE = '/tasks/transfers/import/:id';

/** The calls about an integration (Import videos page). */
export function importEndpoints(state: TwelvelabsState): Endpoint[] {
  const known =
    (answer: (integration: TwelvelabsIntegration, call: Call) => JsonAnswer | Promise<JsonAnswer>) => (call: Call) => {
      const { withdrawn, integrations } = state.settings;
      if (withdrawn !== undefined) return refusal(withdrawn, 'endpoint_not_found', 'This endpoint does not exist');
      const integration = integrations.find(({ id }) => id === call.id);
      return integration ? answer(integration, call) : refusal(400, 'parameter_invalid', 'No such integration');
    };
  return [
    {
      method: 'POST',
      path: BASE,
      point: 'import',
      answer: known((integration, call) => create(state, integration, call)),
    },
    {
      method: 'GET',
      path: `${BASE}/status`,
      point: 'import-status',
      answer: known((integration, { query }) => status(state, integration, query.index_id ?? '')),
    },
    { method: 'GET', path: `${BASE}/logs`, point: 'import-logs', answer: known(({ id }) => logs(state, id)) },
  ];
}

async function create(state: TwelvelabsState, integration: TwelvelabsIntegration, { body }: Call): Promise<JsonAnswer> {
  const read = createSchema.safeParse(body);
  if (!read.success) return invalid(read.error);
  const { index_id: indexId, incremental_import, retry_failed, user_metadata } = read.data;
  const index = state.indexes.get(indexId);
  if (!index) return noIndex(indexId);
  if (state.transfers.some((one) => one.integrationId === integration.id && one.endedAt === null)) {
    state.ledger.count('refusedBusy');
    return refusal(
      state.settings.busy.status,
      state.settings.busy.code,
      'Another import of this integration is running',
    );
  }
  const transfer: EmulatedTransfer = {
    integrationId: integration.id,
    indexId,
    createdAt: state.rooms.clock.now(),
    endedAt: null,
    videos: [],
    refused: [],
    duplicates: [],
    metadata: user_metadata ?? {},
  };
  // From here on the integration is taken, also while the bucket is looked through.
  state.transfers.push(transfer);
  state.ledger.count('importsStarted');
  const wish = { incremental: incremental_import ?? true, retryFailed: retry_failed ?? false };
  Object.assign(transfer, await planImport(state, { integration, index }, wish));
  runImport(state, transfer, index);
  return ok(startedBody(transfer), 201);
}

/** Lists without entries are left out. */
function startedBody({ videos, refused }: EmulatedTransfer) {
  return {
    ...(videos.length > 0 && { videos: videos.map(({ id, filename }) => ({ video_id: id, filename })) }),
    ...(refused.length > 0 && {
      failed_files: refused.map(({ filename, error }) => ({ filename, error_message: error })),
    }),
  };
}

/** How all files of the integration stand in an index; a list without entries is null, as Go writes it. */
async function status(
  state: TwelvelabsState,
  integration: TwelvelabsIntegration,
  indexId: string,
): Promise<JsonAnswer> {
  if (!state.indexes.has(indexId)) return noIndex(indexId);
  const transfers = state.transfers.filter((one) => one.integrationId === integration.id && one.indexId === indexId);
  const videos = transfers.flatMap((one) => one.videos);
  const inList = (word: string) => {
    const list = videos.filter((video) => video.state === word);
    const body = list.map(({ id, filename, createdAt }) => ({
      video_id: id,
      filename,
      created_at: rfcTime(createdAt),
    }));
    return body.length > 0 ? body : null;
  };
  const failed = [
    ...transfers.flatMap(({ refused }) => refused),
    ...videos.filter((video) => video.state === 'failed'),
  ];
  const named = new Set([...videos, ...failed].map(({ filename }) => filename));
  return ok({
    not_imported: (await filenamesOf(state, integration)).filter((name) => !named.has(name)),
    validating: inList('validating'),
    pending: inList('pending'),
    queued: inList('queued'),
    indexing: inList('indexing'),
    ready: inList('ready'),
    failed: failed.map(({ filename, createdAt, error }) => ({
      filename,
      created_at: rfcTime(createdAt),
      error_message: error ?? '',
    })),
  });
}

/** "Sorted by creation date, with the oldest imports first". */
function logs({ transfers, indexes }: TwelvelabsState, integrationId: string): JsonAnswer {
  const own = transfers.filter((one) => one.integrationId === integrationId);
  return ok({ data: own.map((one) => logBody(one, indexes.get(one.indexId))) });
}
