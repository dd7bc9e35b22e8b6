import type { StagingContext } from '../../model/define-staging.js';
import { SluiceError } from '../../model/error.js';
import type { JsonValue } from '../../model/json.js';
import type { JobRecord } from '../../model/record.js';
import type { ArrivedPart, BegunUpload, ListedPart, SignedPart } from '../../model/upload.js';
import { bucketTarget } from '../put/target.js';
import type { Step } from '../step.js';
import { chooseWay, uploadWays } from './ways.js';

/** Where an upload goes: the provider, the staging bucket that it will fetch from, or the bucket that it imports from. Everything else about it is the same. */
export interface UploadTarget {
  /** Whom messages are about. */
  name: string;
  begin(size: number): Promise<{ way: string; begun: BegunUpload }>;
  /** Absent where what was signed at the start is all there is. */
  sign?(session: JsonValue, numbers: number[]): Promise<SignedPart[]>;
  /** Absent where only our own notes say what arrived. */
  list?(session: JsonValue): Promise<ListedPart[]>;
  report?(session: JsonValue, parts: ArrivedPart[]): Promise<void>;
  complete(session: JsonValue, parts: ArrivedPart[]): Promise<void>;
  abort?(session: JsonValue): Promise<void>;
  /** Ends what this job may have begun without having been told so. Where it is there, an upload leaves a note before it is begun. */
  abortStrays?(): Promise<void>;
  /** Whether all the bytes are there already: a call that puts the parts together may take effect and never be answered. */
  isThere?(uploaded: JsonValue, size: number): Promise<boolean>;
}

/** Where the job's bytes go first. */
export function uploadTarget(step: Step): UploadTarget {
  if (step.record.route === 'put') return bucketTarget(step);
  return step.record.route === 'stage' ? stagingTarget(step) : providerTarget(step);
}

function providerTarget(step: Step): UploadTarget {
  const { members, adapter, name } = step.provider;
  const { upload } = members;
  if (upload === undefined) throw new Error(`${adapter.name} takes no bytes`);
  const { sign, list, report, abort } = upload;
  const { canList = false, canSign = false } = adapter.capabilities.upload ?? {};
  return {
    name,
    begin: async (size) => {
      const way = chooseWay(uploadWays(step.provider), { size, name: upload.wish?.(step.request()) });
      if ('rule' in way) {
        throw new SluiceError({ code: 'invalid-request', message: `${name}: ${way.rule}`, provider: name });
      }
      return { way: way.name, begun: await upload.begin(step.request(), { size, way: way.name }, step.context()) };
    },
    ...(sign !== undefined && canSign && { sign: (session, numbers) => sign(session, numbers, step.context()) }),
    ...(list !== undefined && canList && { list: (session) => list(session, step.context()) }),
    ...(report !== undefined && { report: (session, parts) => report(session, parts, step.context()) }),
    complete: (session, parts) => upload.complete(session, parts, step.context()),
    ...(abort !== undefined && { abort: (session) => abort(session, step.context()) }),
  };
}

function stagingTarget(step: Step): UploadTarget {
  const { record, engine } = step;
  const { staging } = engine;
  if (staging === undefined) throw stagingGone(record);
  const context = (): StagingContext => engine.stagingContext(step.signals.stop.signal);
  return {
    name: staging.place,
    begin: async (size) => ({
      way: 'stage',
      begun: await staging.begin({ name: stagedName(record), size }, context()),
    }),
    sign: (session, numbers) => staging.sign(session, numbers, context()),
    list: (session) => staging.list(session, context()),
    complete: (session, parts) => staging.complete(session, parts, context()),
    abort: (session) => staging.abort(session, engine.patientStaging()),
    abortStrays: async () => {
      const patient = engine.patientStaging();
      for await (const { name, session } of staging.openUploads(patient)) {
        if (jobOfStaged(name) === record.id) await staging.abort(session, patient);
      }
    },
    isThere: async (uploaded, size) => (await staging.look(uploaded, context()))?.size === size,
  };
}

/** Below the job's own id, so that nothing is overwritten and `gc` knows whose it is; the file's own name keeps its ending. */
export function stagedName({ id, display }: JobRecord): string {
  const last = display.name.split('/').at(-1) ?? '';
  return `${id}/${last.replace(/[^A-Za-z0-9._-]+/g, '-').slice(-100) || 'file'}`;
}

/** The job that an object or an upload in the bucket belongs to, by its name with or without the prefix; undefined where it is none of ours. */
export function jobOfStaged(name: string): string | undefined {
  return /(?:^|\/)(job_[0-9a-z]+)\/[^/]+$/.exec(name)?.[1];
}

/** A job that was begun with a staging bucket, in a process that has none. */
export function stagingGone({ id, provider }: JobRecord): SluiceError {
  return new SluiceError({
    code: 'unsupported',
    message: `job ${id} goes through a staging bucket, and none is configured here; name it under "staging"`,
    provider,
  });
}
