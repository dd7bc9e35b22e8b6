import assert from 'node:assert/strict';
import type { AdapterRequest, Started } from '../../model/adapter.js';
import type { AdapterSubject, ConformanceCase, PutSample } from '../adapter-subject.js';
import { assertFits, assertJson, fulfilled } from '../expectations.js';
import { recoveredSchema, startedSchema } from '../output-schemas.js';
import { Rehearsal, sampleJobId } from '../rehearsal.js';
import { withSource } from '../sources.js';

/** An import of a bucket that the job's own files were put into first is about these files. */
export function putCases(subject: AdapterSubject): ConformanceCase[] {
  const { put } = subject.samples;
  if (put === undefined) return [];
  const { recovered } = put;
  return [
    {
      name: 'makes an item of each file that was put into its bucket, and of no other',
      run: () => itemizes(subject, put, startedFrom),
    },
    ...(recovered === undefined
      ? []
      : [
          {
            name: 'knows the files that were put into its bucket after a lost start, too',
            run: () => itemizes(subject, { ...put, started: recovered }, recoveredFrom),
          },
        ]),
  ];
}

type Begin = (rehearsal: Rehearsal, request: AdapterRequest) => Promise<Started>;

async function startedFrom(rehearsal: Rehearsal, request: AdapterRequest): Promise<Started> {
  const started = await rehearsal.start(request);
  assertFits(startedSchema, started, "start's answer");
  return started;
}

async function recoveredFrom(rehearsal: Rehearsal, request: AdapterRequest): Promise<Started> {
  const intent = { effect: 'start', key: 'effect-key-1', savedAt: rehearsal.clock.now() };
  const found = await rehearsal.members.recover?.(request, intent, rehearsal.context());
  assertFits(recoveredSchema, found, "recover's answer");
  assert.ok(found?.found === 'started', 'samples.put.recovered holds what a lost start left');
  return found;
}

type Played = Pick<PutSample, 'request' | 'files' | 'completed'> & {
  started: PutSample['started'] | PutSample['started'][];
};

async function itemizes(
  subject: AdapterSubject,
  { request = withSource(subject, 'integration'), files, started: answers, completed }: Played,
  begin: Begin,
): Promise<void> {
  const beginning = new Rehearsal(subject, [answers].flat(), { request });
  const named = files.map((name) => ({ name, size: 20_000_000 }));
  const started = await fulfilled(
    () => begin(beginning, { ...beginning.request, id: sampleJobId, files: named }),
    'a start with files of its own',
  );
  assertJson(started, 'what is left of a start');
  const { ref, memo, snapshot } = started;
  for (const item of snapshot.items ?? []) assert.ok(files.includes(item.ref), `${item.ref} is no file of the job`);
  const looking = new Rehearsal(subject, [completed], { request, ...(memo !== undefined && { memo }) });
  const { state, items = [] } = await looking.status(structuredClone(ref));
  assert.equal(state, 'completed', 'samples.put.completed must be read as a completed job');
  assert.deepStrictEqual(
    items.map((item) => item.ref).sort(),
    [...files].sort(),
    'the items must be the job’s files, each with its name as `ref`, and no other file of the bucket',
  );
}
