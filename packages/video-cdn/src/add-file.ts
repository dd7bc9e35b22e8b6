import {
  type AdapterContext,
  type AdapterRequest,
  type HttpAnswer,
  type JsonValue,
  type ProviderSnapshot,
  SluiceError,
  type Started,
} from '@sluice/core/adapter';
import { readAdded } from './answers.js';
import type { CdnFile } from './cdn-file.js';
import type { ParsedOptions } from './options.js';
import { type Memo, type Reference, readSeen, type Seen } from './references.js';
import type { ParsedSettings } from './settings.js';

export type Request = AdapterRequest<ParsedOptions>;

/** Has the CDN fetch a file. Where the name is taken and the file stays as it is, the job is about that file. */
export async function addFile(request: Request, context: AdapterContext, settings: ParsedSettings): Promise<Started> {
  const before = readSeen(context.before);
  const memo = memoOf(request, context.now());
  const form = Object.fromEntries(parametersOf(request, context, settings));
  let added: CdnFile;
  try {
    added = readAnswer(await context.http.call({ method: 'POST', path: settings.paths.add, form }), settings);
  } catch (error) {
    return leftAsItIs(error, memo, { name: request.name, before });
  }
  const outcome = outcomeOf(added, memo, before);
  const { name } = request;
  if (outcome === 'existing' && memo.keeps === 'fail') throw taken(name);
  return started({ name, file: added.id }, { ...memo, ...(outcome !== undefined && { outcome }) }, added);
}

/** What is sent (Video CDN, Import via API). Left out where the request says nothing of it. */
function parametersOf(
  request: Request,
  { callbackUrl }: AdapterContext,
  { parameters }: ParsedSettings,
): [name: string, value: string][] {
  const { options, source } = request;
  if (source.kind !== 'url') {
    throw new SluiceError({ code: 'unsupported', message: 'the Video CDN imports from URLs only' });
  }
  const { fetch_prio: wish = request.priority, protection, speed, buffer, callback = callbackUrl } = options;
  const values: [name: string, value: string | number | undefined][] = [
    [parameters.location, source.url],
    [parameters.name, request.name],
    [parameters.size, sizeOf(request)],
    [parameters.checksum, request.sha256],
    [parameters.priority, wish],
    [parameters.noReplace, keeps(request) === undefined ? undefined : 'true'],
    [parameters.protection, protection],
    [parameters.speed, speed],
    [parameters.buffer, buffer],
    [parameters.callback, callback],
  ];
  return values.flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]));
}

/** "A size check is mandatory": the engine has found it, since the capabilities need it. */
function sizeOf({ size }: Request): number {
  if (size !== undefined) return size;
  throw new SluiceError({
    code: 'invalid-request',
    message: 'expect.size: must be given: the Video CDN takes no file of unknown size',
  });
}

/** How a name that is taken is read, where the file that has it must stay. */
function keeps({ options, ifExists }: Request): 'skip' | 'fail' | undefined {
  if (options.no_replace === false || ifExists === 'replace') return undefined;
  if (ifExists !== undefined) return ifExists;
  return options.no_replace === true ? 'fail' : undefined;
}

export function memoOf(request: Request, now: number): Memo {
  const { sha256 } = request;
  const kept = keeps(request);
  return {
    size: sizeOf(request),
    ...(sha256 !== undefined && { sha256 }),
    ...(kept !== undefined && { keeps: kept }),
    at: now,
  };
}

/** An answer that cannot be read leaves it open whether the file was added. */
function readAnswer(answer: HttpAnswer, settings: ParsedSettings): CdnFile {
  try {
    return readAdded(answer, settings);
  } catch (error) {
    if (!SluiceError.is(error) || error.code !== 'protocol') throw error;
    throw new SluiceError({ ...error.toJSON(), ambiguous: true, cause: error });
  }
}

/** The name is taken, and the file that has it was not replaced: because it had to stay, or because it is the same. */
function leftAsItIs(error: unknown, memo: Memo, { name, before }: { name: string; before: Seen | undefined }): Started {
  if (!SluiceError.is(error) || error.code !== 'conflict') throw error;
  if (memo.keeps === 'fail') throw taken(name, error);
  const ref: Reference = { name, ...(before != null && { file: before.id }) };
  return started(ref, { ...memo, outcome: 'existing' }, undefined);
}

/** What comes of it is told by the next look, also where it is over already. */
export function started(ref: Reference, memo: Memo, file: CdnFile | undefined): Started {
  const state: ProviderSnapshot['state'] = file?.standing === 'running' ? 'running' : 'queued';
  const kept: JsonValue = { ...memo };
  const rawState = file === undefined || file.word === '' ? 'added' : file.word;
  // A file that was there already need not be waited for.
  return { ref, memo: kept, snapshot: { state, rawState, ...(memo.outcome === 'existing' && { nextLookMs: 0 }) } };
}

/** What an add did: in the provider's word, or by what was there before and by its rules for replacing. */
export function outcomeOf(added: CdnFile, memo: Memo, before: Seen | undefined): Memo['outcome'] {
  if (added.outcome !== undefined || before === undefined) return added.outcome;
  if (before === null) return 'created';
  if (before.id !== added.id) return 'replaced';
  if (memo.keeps !== undefined) return 'existing';
  // "Marked as failed: replaced without any restrictions"; else "only if the new request includes a different size or chksum".
  if (before.standing === 'failed' || before.size !== memo.size) return 'replaced';
  if (memo.sha256 === undefined || before.sha256 === memo.sha256) return 'existing';
  if (before.sha256 !== undefined) return 'replaced';
  return added.standing === 'completed' ? 'existing' : 'replaced';
}

function taken(name: string, cause?: SluiceError): SluiceError {
  const message = `the Video CDN has a file named ${name} already, and ifExists: 'fail' leaves it there; import under another name, or with ifExists: 'replace'`;
  return new SluiceError({ ...cause?.toJSON(), code: 'conflict', message, cause });
}
