import * as z from 'zod';
import type { AdapterContext, ProviderSnapshot, ReportedItem, Started } from '../../src/adapter.js';
import type { AdapterSubject, PutSample } from '../../src/testing/index.js';
import { type AcmeMembers, acmeDefinition, acmeMembers, acmeSettings, acmeSubject, acmeWith, idOf } from './acme.js';

const importSchema = z.object({
  id: z.string(),
  state: z.string(),
  files: z.array(z.object({ name: z.string(), bytes: z.int().optional() })).optional(),
});
type Import = z.output<typeof importSchema>;
const memoSchema = z.object({ files: z.array(z.string()).nullable() });

/** Which of the bucket's files are a job's: its own where it has some, else all. */
export type Choice = (name: string, own: string[] | null) => boolean;
const right: Choice = (name, own) => own === null || own.includes(name);

function readImport({ state, files = [] }: Import, own: string[] | null, isIts: Choice): ProviderSnapshot {
  if (state !== 'done') return { state: 'running', rawState: state };
  const items = files
    .filter(({ name }) => isIts(name, own))
    .map(({ name, bytes }): ReportedItem => {
      if (bytes === undefined) return { ok: false, ref: name, message: 'no video in it' };
      return { ok: true, ref: name, asset: { id: name, size: bytes }, of: { size: 'source' } };
    });
  return { state: 'completed', rawState: state, items };
}

/** Acme imports all of a bucket, as far as `isIts` lets it; `forgets` the job's own files where it recovers. */
function puttingMembers(members: AcmeMembers, { isIts = right, forgets = false }: Mistakes): Partial<AcmeMembers> {
  const started = (made: Import, files: string[] | null): Started => ({
    ref: made.id,
    memo: { files },
    snapshot: readImport(made, files, isIts),
  });
  const filesOf = ({ files }: Parameters<AcmeMembers['start']>[0]) => files?.map(({ name }) => name) ?? null;
  return {
    async start(request, context) {
      if (request.source.kind !== 'integration') return members.start(request, context);
      const { http } = context;
      const made = await http.call({ method: 'POST', path: '/jobs', json: { from: request.source.id } });
      return started(made.parse(importSchema), filesOf(request));
    },
    async status(ref, context) {
      const memo = memoSchema.safeParse(context.memo);
      if (!memo.success) return members.status(ref, context);
      const { http } = context;
      const answer = await http.call({ method: 'GET', path: `/jobs/${idOf(ref)}` });
      return readImport(answer.parse(importSchema), memo.data.files, isIts);
    },
    async recover(request, _intent, { http }: AdapterContext) {
      const answer = await http.call({ method: 'GET', path: '/jobs', query: { for: request.id } });
      const [made] = answer.parse(z.array(importSchema));
      if (made === undefined) return { found: 'nothing' };
      return { found: 'started', ...started(made, forgets ? null : filesOf(request)) };
    },
  };
}

interface Mistakes {
  isIts?: Choice;
  forgets?: boolean;
}

const begun = { id: 'job-7', state: 'working' };
export const putSample: PutSample = {
  files: ['mine.mp4', 'broken.mp4'],
  started: { status: 201, json: begun },
  completed: {
    json: {
      ...{ id: 'job-7', state: 'done' },
      files: [{ name: 'mine.mp4', bytes: 42 }, { name: 'broken.mp4' }, { name: 'theirs.mp4', bytes: 43 }],
    },
  },
  recovered: [{ json: [begun] }],
};

/** A subject that imports what was put into a bucket first. */
export function putting(mistakes: Mistakes): AdapterSubject {
  const adapter = acmeWith({
    capabilities: { ...acmeDefinition.capabilities, integration: true },
    create: (input) => {
      const members = acmeMembers(acmeSettings.parse(input));
      return { ...members, ...puttingMembers(members, mistakes) };
    },
  });
  return {
    ...acmeSubject,
    adapter,
    samples: {
      ...acmeSubject.samples,
      put: putSample,
      recovered: { started: [{ json: [begun] }], nothing: [{ json: [] }] },
    },
  };
}

export const puttingSubject = putting({});
