import type { StagingContext } from '../../model/define-staging.js';
import { canonicalJson } from '../../model/json.js';
import type { Step } from '../step.js';
import type { UploadTarget } from '../upload/target.js';
import { bucketOf, markOf } from './files.js';

/** The bucket that the provider imports from, for the file whose turn it is. */
export function bucketTarget(step: Step): UploadTarget {
  const bucket = bucketOf(step);
  const context = (): StagingContext => step.engine.stagingContext(step.signals.stop.signal);
  const noted = () => {
    const { upload } = step.record;
    if (upload?.into === undefined) throw new Error('a file is noted before it is put into a bucket');
    return { ...upload, into: upload.into };
  };
  return {
    name: bucket.place,
    begin: async (size) => {
      const note = noted();
      const mark = await markOf(note);
      return { way: 'put', begun: await bucket.begin({ name: note.into.name, size, mark }, context()) };
    },
    sign: (session, numbers) => bucket.sign(session, numbers, context()),
    list: (session) => bucket.list(session, context()),
    complete: (session, parts) => bucket.complete(session, parts, context()),
    abort: (session) => bucket.abort(session, step.engine.patientStaging()),
    abortStrays: async () => {
      const { into } = noted();
      const patient = step.engine.patientStaging();
      const others = new Set(into.open.map(canonicalJson));
      for await (const { session } of bucket.openUploads(patient, into.name)) {
        if (!others.has(canonicalJson(session))) await bucket.abort(session, patient);
      }
    },
    isThere: async (uploaded, size) => {
      const there = await bucket.look(uploaded, context());
      return there?.size === size && there.mark === (await markOf(noted()));
    },
  };
}
