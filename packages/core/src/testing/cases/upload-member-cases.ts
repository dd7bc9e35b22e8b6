import assert from 'node:assert/strict';
import type { JsonValue } from '../../model/json.js';
import { answerOf } from '../../wire/answer.js';
import { isTransient } from '../../wire/failure.js';
import { effectOf } from '../../wire/http.js';
import type { AdapterSubject, ConformanceCase } from '../adapter-subject.js';
import { assertFits, assertJson, assertNoSecret, fulfilled, rejection } from '../expectations.js';
import { listedPartsSchema, signedPartsSchema, startedSchema } from '../output-schemas.js';
import { providerName, Rehearsal } from '../rehearsal.js';
import type { ScriptedAnswer } from '../scripted-http.js';
import { arrivedParts, begin, uploadOf } from '../upload-rehearsal.js';

/** What comes after an upload was begun. */
export function uploadMemberCases(subject: AdapterSubject): ConformanceCase[] {
  if (subject.adapter.capabilities.upload === undefined) return [];
  const { signed, listed, reported, aborted, started, answered } = subject.samples.upload ?? {};
  const inParts = subject.adapter.capabilities.upload.ways.some(({ shape }) => shape === 'parts') === true;
  const cases = [
    { name: 'puts the parts together by a call that may come again', when: inParts, run: completes },
    { name: 'tells the ETags of parts as they came', when: inParts, run: tellsEtags },
    { name: 'starts from what an upload left behind', when: started, run: startsFromUploaded },
    { name: 'reads the answer to a form that is itself the start', when: answered, run: readsAnswered },
    { name: 'signs the parts that it is asked to sign', when: signed, run: signs },
    { name: 'lists the parts that arrived, and changes nothing', when: listed, run: lists },
    { name: 'reports parts by a call that may come again', when: reported, run: reports },
    { name: 'ends an upload that is not completed', when: aborted, run: aborts },
  ];
  const picked = cases.filter(({ when }) => when !== undefined && when !== false);
  return picked.map(({ name, run }) => ({ name, run: () => run(subject) }));
}

/** The session of an upload in parts, through JSON, as a store gives it back. */
async function sessionOf(subject: AdapterSubject): Promise<JsonValue> {
  const way = uploadOf(subject).ways.find(({ shape }) => shape === 'parts');
  assert.ok(way !== undefined, 'none of the ways is in parts');
  const { begun } = await begin(subject, way);
  assert.ok(begun.kind === 'parts');
  return structuredClone(begun.session);
}

function answersOf(answer: ScriptedAnswer | undefined): ScriptedAnswer[] {
  return answer === undefined ? [] : [answer];
}

/** Both parts, as they would be reported and put together, by members that were made anew. */
async function complete(subject: AdapterSubject, answer = subject.samples.upload?.completed): Promise<Rehearsal> {
  const session = await sessionOf(subject);
  const { rehearsal, upload } = uploadOf(subject, answersOf(answer));
  await upload.complete(session, arrivedParts, rehearsal.context());
  return rehearsal;
}

async function completes(subject: AdapterSubject): Promise<void> {
  const { calls } = await fulfilled(() => complete(subject), 'complete');
  assert.ok(calls.length <= 1, 'complete must make at most one call');
  assert.deepStrictEqual((await complete(subject)).calls, calls, 'a repetition must be the same call');
  if (calls.length === 0) return;
  for (const answer of [{ status: 500, text: '' }, { failure: 'reset' }] as const) {
    const error = await rejection(() => complete(subject, answer), `complete, answered with ${JSON.stringify(answer)}`);
    assert.ok(
      isTransient(error),
      `complete, answered with ${JSON.stringify(answer)}, is tried again: ${error.message}`,
    );
  }
  const refused = await rejection(() => complete(subject, { status: 400, json: {} }), 'complete, answered with 400');
  assert.ok(!isTransient(refused), 'complete, answered with 400, is over');
}

async function tellsEtags(subject: AdapterSubject): Promise<void> {
  const { calls } = await fulfilled(() => complete(subject), 'complete');
  const session = await sessionOf(subject);
  const { rehearsal, upload, samples } = uploadOf(subject, answersOf(subject.samples.upload?.reported));
  if (samples.reported !== undefined) await upload.report?.(session, arrivedParts, rehearsal.context());
  const told = JSON.stringify([...calls, ...rehearsal.calls]);
  for (const { etag } of arrivedParts) {
    // A provider that counts bytes wants to be told none.
    assert.ok(
      told.includes(JSON.stringify(etag)) || !told.includes(etag.replaceAll('"', '')),
      `the provider must be told the ETag ${etag} as it came, quotes and all`,
    );
  }
}

async function startsFromUploaded(subject: AdapterSubject): Promise<void> {
  const { ways, samples } = uploadOf(subject);
  for (const way of ways) {
    const { begun, size } = await begin(subject, way);
    if (begun.kind === 'form' && begun.answer === 'json') continue;
    const request = subject.uploads?.[way.name] ?? subject.request;
    const rehearsal = new Rehearsal(subject, answersOf(samples.started), { request });
    const source = { kind: 'uploaded', uploaded: structuredClone(begun.uploaded), size } as const;
    const answer = await fulfilled(
      () => rehearsal.start({ ...rehearsal.request, source }),
      'a start from what was uploaded',
    );
    assert.equal(rehearsal.calls.length, 1, 'start must make exactly one call');
    // Where the upload itself has made the job, the start only looks at it.
    const [effect = 'none'] = rehearsal.calls.map(effectOf);
    const { idempotentStart } = subject.adapter.capabilities;
    assert.ok(
      ['once', 'none', ...(idempotentStart ? ['repeatable'] : [])].includes(effect),
      `start's call has the effect "${effect}": repeating it could make and bill a second job`,
    );
    assertStarted(answer, rehearsal);
  }
}

function assertStarted(started: unknown, { secrets }: Rehearsal): void {
  assertJson(started, "start's answer");
  assertFits(startedSchema, started, "start's answer");
  const { ref, memo = null } = startedSchema.parse(started);
  assert.doesNotMatch(
    JSON.stringify([ref, memo]),
    /:\/\//,
    'ref and memo must hold no URL: they are stored in the open',
  );
  assertNoSecret([ref, memo], secrets, 'ref and memo');
}

async function readsAnswered(subject: AdapterSubject): Promise<void> {
  const { rehearsal, upload, samples } = uploadOf(subject);
  const read = async (answer: ScriptedAnswer | undefined) => {
    if (answer === undefined || 'failure' in answer) assert.fail('samples.upload.answered must be an answer');
    const text = 'text' in answer ? answer.text : JSON.stringify(answer.json);
    const scope = { provider: providerName, effect: 'once', secrets: [] } as const;
    const response = { status: answer.status ?? 200, header: () => undefined, text };
    return upload.answered?.(answerOf(response, scope), rehearsal.context(), rehearsal.request);
  };
  assertStarted(await fulfilled(() => read(samples.answered), 'answered'), rehearsal);
  for (const text of ['', '<html>Welcome</html>', '"no object at all"']) {
    const error = await rejection(() => read({ text }), `a form that is answered with ${text}`);
    assert.equal(error.code, 'protocol', error.message);
  }
}

async function signs(subject: AdapterSubject): Promise<void> {
  const session = await sessionOf(subject);
  const { rehearsal, upload } = uploadOf(subject, answersOf(subject.samples.upload?.signed));
  const parts = await fulfilled(() => upload.sign?.(session, [1, 2], rehearsal.context()), 'sign');
  assertJson(parts, "sign's answer");
  assertFits(signedPartsSchema, parts, "sign's answer");
  const numbers = new Set(parts?.map(({ number }) => number));
  assert.deepStrictEqual(numbers, new Set([1, 2]), 'sign must sign what it is asked for');
  assert.equal(rehearsal.calls.length, 1, 'sign must make exactly one call');
  assert.notDeepEqual(
    rehearsal.calls.map(effectOf),
    ['once'],
    'a signature may be asked for again: its call must say so',
  );
}

async function lists(subject: AdapterSubject): Promise<void> {
  const session = await sessionOf(subject);
  const { rehearsal, upload } = uploadOf(subject, subject.samples.upload?.listed);
  const parts = await fulfilled(() => upload.list?.(session, rehearsal.context()), 'list');
  assertJson(parts, "list's answer");
  assertFits(listedPartsSchema, parts, "list's answer");
  assert.ok((parts?.length ?? 0) > 0, 'samples.upload.listed must hold a part, and list must find it');
  for (const call of rehearsal.calls) assert.equal(effectOf(call), 'none', 'a list looks, and changes nothing');
}

async function reports(subject: AdapterSubject): Promise<void> {
  const session = await sessionOf(subject);
  const { rehearsal, upload } = uploadOf(subject, answersOf(subject.samples.upload?.reported));
  await fulfilled(() => upload.report?.(session, arrivedParts, rehearsal.context()), 'report');
  assert.deepStrictEqual(rehearsal.calls.map(effectOf), ['repeatable'], 'report makes one call, which may come again');
}

async function aborts(subject: AdapterSubject): Promise<void> {
  const session = await sessionOf(subject);
  const { rehearsal, upload } = uploadOf(subject, answersOf(subject.samples.upload?.aborted));
  await fulfilled(() => upload.abort?.(session, rehearsal.context()), 'abort');
  assert.equal(rehearsal.calls.length, 1, 'abort must make exactly one call');
  assert.notDeepEqual(rehearsal.calls.map(effectOf), ['once'], 'an end may be asked for again: its call must say so');
}
