import {
  type AdapterMembers,
  type HttpAnswer,
  type JsonValue,
  type ProbeStep,
  SluiceError,
} from '@sluice/core/adapter';
import type { ParsedOptions } from './options.js';
import { readReference, sourceUrl } from './references.js';
import type { ParsedSettings } from './settings.js';
import { type MetadataState, readAccepted, readMetadata, readRaw } from './wire-shapes.js';

/** The page names no pace; a look counts among 3,600 an hour. */
const againMs = 1_000;

/** Asks what Importly would import: `/metadata` or `/metadata/basic`, asynchronous jobs like an import. */
export function probeOf(settings: ParsedSettings): NonNullable<AdapterMembers<ParsedOptions>['probe']> {
  const path = settings.probe === 'basic' ? '/metadata/basic' : '/metadata';
  return {
    // Sent as POST, so that a URL with credentials stands in no access log, and never repeated blindly, since each one is paid.
    async start(request, context) {
      const answer = await context.http.call({ method: 'POST', path, json: { url: sourceUrl(request) } });
      return { ref: readAccepted(answer).id, againMs };
    },
    async status(ref, context) {
      const answer = await context.http.call({
        method: 'GET',
        path: `${path}/status`,
        query: { id: readReference(ref) },
      });
      return probeStep(answer, ref);
    },
  };
}

function probeStep(answer: HttpAnswer, ref: JsonValue): ProbeStep {
  const state = readMetadata(answer);
  if (state.status === 'failed') {
    const message = `Importly cannot read the source: ${state.message ?? 'no reason given'}`;
    throw new SluiceError({ code: 'source-unreachable', message });
  }
  return isDone(state) ? { result: resultOf(state, readRaw(answer)) } : { ref, againMs };
}

/** One public example shows a finished answer with the fields alone, without a status. */
function isDone(state: MetadataState): boolean {
  return state.status === 'completed' || (state.status == null && (state.result ?? state).title != null);
}

function resultOf(state: MetadataState, raw: JsonValue): Extract<ProbeStep, { result: unknown }>['result'] {
  const found = { ...state, ...state.result };
  return {
    ...(found.title != null && { title: found.title }),
    ...(found.duration != null && { durationSeconds: found.duration }),
    ...(found.fileSizeBytes != null && { size: found.fileSizeBytes }),
    ...(found.thumbnail != null && { thumbnailUrl: found.thumbnail }),
    raw,
  };
}
