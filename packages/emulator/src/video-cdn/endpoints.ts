import type { JsonAnswer } from '../faults/broken-answer.js';
import { safeUrl } from '../log/redact.js';
import { runTask } from '../server/run-task.js';
import { type AddRequest, readAddRequest } from './add-request.js';
import { done, fieldsOf, refusal } from './answers.js';
import type { HeldFile } from './cdn-file.js';
import type { VideoCdnPoint } from './ledger.js';
import { outcomeOf } from './replacement.js';
import type { AddRefusal } from './settings.js';
import { VIDEO_CDN_BUCKET, type VideoCdnState } from './state.js';

/** What each endpoint does with a form that was let in. */
export const endpoints: Record<VideoCdnPoint, (state: VideoCdnState, form: Record<string, string>) => JsonAnswer> = {
  add: addFile,
  list: listFiles,
  delete: deleteFile,
};

/** POST /file/add. */
function addFile(state: VideoCdnState, form: Record<string, string>): JsonAnswer {
  const read = readAddRequest(form);
  if (!read.ok) return refusal(400, read.error);
  const request = read.value;
  const existing = state.files.get(request.name);
  const outcome = outcomeOf(existing?.shown, request);
  if (existing !== undefined && outcome === 'keep-taken') {
    return kept(state, existing, { as: state.settings.taken, error: 'file exists: no_replace is set' });
  }
  if (existing !== undefined && outcome === 'keep-identical') {
    return kept(state, existing, { as: state.settings.identical, error: 'an identical file already exists' });
  }
  if (existing !== undefined) remove(state, existing);
  const file = newFile(state, request, existing);
  state.files.set(request.name, file);
  state.ledger.accepted();
  const answer = added(state, file, existing === undefined ? 'created' : 'replaced');
  state.queue.add(file);
  return answer;
}

/** The file that is there stays. */
function kept(state: VideoCdnState, existing: HeldFile, { as, error }: { as: AddRefusal; error: string }): JsonAnswer {
  if (as === 'ok') return added(state, existing, 'existing');
  return refusal(as === 'conflict' ? 409 : 200, error);
}

function added({ settings }: VideoCdnState, { shown }: HeldFile, result: string): JsonAnswer {
  return done({ id: shown.id, status: settings.words[shown.status], ...(settings.tellsResult && { result }) });
}

function newFile(state: VideoCdnState, request: AddRequest, existing: HeldFile | undefined): HeldFile {
  const keepsId = existing !== undefined && state.settings.replacementId === 'kept';
  if (!keepsId) state.lastId += 1;
  const { location, callback, name, size, chksum, fetch_prio: priority = 0, protection, speed, buffer } = request;
  return {
    shown: {
      id: keepsId ? existing.shown.id : state.lastId,
      name,
      source: safeUrl(location),
      status: 'queued',
      size,
      ...(chksum !== undefined && { chksum }),
      priority,
      ...(protection !== undefined && { protection }),
      ...(speed !== undefined && { speed }),
      ...(buffer !== undefined && { buffer }),
      replaced: existing !== undefined,
      createdAt: state.rooms.clock.now(),
      startedAt: null,
      completedAt: null,
    },
    location,
    callback,
    gone: new AbortController(),
  };
}

/** Its pull ends, its bytes go, and nobody is called back about it. */
function remove(state: VideoCdnState, file: HeldFile): void {
  state.queue.drop(file);
  state.files.delete(file.shown.name);
  file.gone.abort(new Error('the file was replaced or deleted'));
  if (file.objectKey !== undefined) runTask(state, state.rooms.objects.delete(VIDEO_CDN_BUCKET, file.objectKey));
}

/** POST /file/list: `fields`, and `filter_full_name` for one name. */
function listFiles(state: VideoCdnState, form: Record<string, string>): JsonAnswer {
  const { fields = 'id,status', filter_full_name: wanted, ...rest } = form;
  const [stranger] = Object.keys(rest);
  if (stranger !== undefined) return refusal(400, `unknown parameter: ${stranger}`);
  const names = fields.split(',');
  const shape = { words: state.settings.words, deliveryUrl: `${state.rooms.url}/video-cdn/delivery` };
  const files = wanted === undefined ? [...state.files.values()] : [state.files.get(wanted.replace(/^\//, ''))];
  const rows = files.flatMap((file) => (file === undefined ? [] : [fieldsOf(file.shown, shape)]));
  return done(rows.map((row) => Object.fromEntries(names.map((name) => [name, row[name] ?? null]))));
}

/** POST /file/delete: an `id`, or a `name`. */
function deleteFile(state: VideoCdnState, { id, name }: Record<string, string>): JsonAnswer {
  const file = [...state.files.values()].find(({ shown }) => String(shown.id) === id || shown.name === name);
  if (file === undefined) return refusal(404, 'no such file');
  remove(state, file);
  return done({ id: file.shown.id, status: 'deleted' });
}
