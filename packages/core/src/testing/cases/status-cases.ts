import assert from 'node:assert/strict';
import type { ProviderSnapshot } from '../../model/adapter.js';
import type { JsonValue } from '../../model/json.js';
import type { AdapterSubject, ConformanceCase } from '../adapter-subject.js';
import { assertFits, assertJson } from '../expectations.js';
import { snapshotSchema } from '../output-schemas.js';
import { Rehearsal, type RehearsalOptions } from '../rehearsal.js';
import type { ScriptedAnswer } from '../scripted-http.js';

/** A look says how the job stands, whatever the provider says. */
export function statusCases(subject: AdapterSubject): ConformanceCase[] {
  return [
    { name: 'looks with one call that leaves nothing behind', run: () => looksWithOneCall(subject) },
    { name: 'knows every word for a job that is not over', run: () => knowsPendingWords(subject) },
    { name: 'tells what was made of each file of a completed job', run: () => readsCompleted(subject) },
    { name: 'tells a failure as a verdict, with the reason, and not as an error', run: () => readsFailed(subject) },
    { name: 'takes a word that it does not know as running, unmapped', run: () => readsUnknownWord(subject) },
    { name: 'reads past fields that it does not know', run: () => isLenient(subject) },
    { name: 'needs nothing but reference and memo to look', run: () => remembersNothing(subject) },
  ];
}

/** One look by members that were made anew, as another process would after a restart. */
async function look(
  subject: AdapterSubject,
  answer: ScriptedAnswer,
): Promise<{ snapshot: ProviderSnapshot; rehearsal: Rehearsal }> {
  const { ref, memo } = await startedRefs(subject);
  const rehearsal = new Rehearsal(subject, [answer], memo);
  const snapshot = await rehearsal.status(ref);
  assertJson(snapshot, "status's answer");
  assertFits(snapshotSchema, snapshot, "status's answer");
  const items = snapshot.items ?? [];
  assert.equal(new Set(items.map(({ ref }) => ref)).size, items.length, 'each item needs a reference of its own');
  return { snapshot, rehearsal };
}

/** What a start left, through JSON, as a store gives it back. */
async function startedRefs(subject: AdapterSubject): Promise<{ ref: JsonValue; memo: RehearsalOptions }> {
  const { ref, memo } = await new Rehearsal(subject, [subject.samples.started]).start();
  return structuredClone({ ref, memo: memo === undefined ? {} : { memo } });
}

async function looksWithOneCall(subject: AdapterSubject): Promise<void> {
  const { pending, completed, failed, unknownWord } = subject.samples;
  for (const answer of [...Object.values(pending), ...completed, ...failed, unknownWord.answer]) {
    const { calls } = (await look(subject, answer)).rehearsal;
    assert.equal(calls.length, 1, 'status must make exactly one call');
    const [call] = calls;
    assert.equal(
      call?.effect ?? (call?.method === 'GET' ? 'none' : 'once'),
      'none',
      "status's call must leave nothing behind",
    );
  }
}

async function knowsPendingWords(subject: AdapterSubject): Promise<void> {
  for (const [word, answer] of Object.entries(subject.samples.pending)) {
    const { snapshot } = await look(subject, answer);
    assert.equal(snapshot.rawState, word, "rawState must be the provider's own word");
    assert.ok(
      snapshot.state === 'queued' || snapshot.state === 'running',
      `"${word}" is a job that is not over, not ${snapshot.state}`,
    );
    assert.notEqual(snapshot.unmapped, true, `"${word}" is a word that the adapter knows`);
  }
}

async function readsCompleted(subject: AdapterSubject): Promise<void> {
  assert.ok(subject.samples.completed.length > 0, 'samples.completed must hold an answer');
  for (const answer of subject.samples.completed) {
    const { snapshot } = await look(subject, answer);
    assert.equal(snapshot.state, 'completed');
    const items = snapshot.items ?? [];
    assert.ok(items.length > 0, 'a completed job must have an item for each file');
  }
}

async function readsFailed(subject: AdapterSubject): Promise<void> {
  assert.ok(subject.samples.failed.length > 0, 'samples.failed must hold an answer');
  for (const answer of subject.samples.failed) {
    const looking = look(subject, answer);
    await assert.doesNotReject(looking, "the provider's verdict is a snapshot; an error is about a call");
    const { snapshot } = await looking;
    assert.equal(snapshot.state, 'failed');
    assert.ok((snapshot.message ?? '') !== '', "a failed job needs the provider's words, or that it gave none");
  }
}

async function readsUnknownWord(subject: AdapterSubject): Promise<void> {
  const { word, answer } = subject.samples.unknownWord;
  const { state, unmapped, rawState } = (await look(subject, answer)).snapshot;
  assert.deepStrictEqual({ state, unmapped, rawState }, { state: 'running', unmapped: true, rawState: word });
}

async function isLenient(subject: AdapterSubject): Promise<void> {
  const { pending, completed, failed, started } = subject.samples;
  for (const answer of [...Object.values(pending), ...completed, ...failed]) {
    const plain = (await look(subject, answer)).snapshot;
    const extended = look(subject, withStrangers(answer));
    await assert.doesNotReject(extended, 'fields that the adapter does not need must not disturb it');
    assert.deepStrictEqual(withoutRaw((await extended).snapshot), withoutRaw(plain));
  }
  const [plain, extended] = [new Rehearsal(subject, [started]), new Rehearsal(subject, [withStrangers(started)])];
  assert.deepStrictEqual((await extended.start()).ref, (await plain.start()).ref);
}

async function remembersNothing(subject: AdapterSubject): Promise<void> {
  const { started, completed } = subject.samples;
  for (const answer of completed) {
    const afresh = (await look(subject, answer)).snapshot;
    const rehearsal = new Rehearsal(subject, [started, answer]);
    const { ref, memo } = await rehearsal.start();
    const context = { ...rehearsal.context(), ...(memo !== undefined && { memo }) };
    const inOneProcess = await rehearsal.members.status(ref, context);
    assert.deepStrictEqual(
      afresh,
      inOneProcess,
      'a look after a restart must see the same: keep nothing in the members',
    );
  }
}

/** The answer with fields that no documentation names, at every depth. */
function withStrangers(answer: ScriptedAnswer): ScriptedAnswer {
  return 'json' in answer ? { ...answer, json: addStrangers(answer.json) } : answer;
}

function addStrangers(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(addStrangers);
  if (typeof value !== 'object' || value === null) return value;
  const inner = Object.fromEntries(Object.entries(value).map(([key, one]) => [key, addStrangers(one)]));
  return { unknownToEverybody: { deep: [1, 'two', null] }, ...inner };
}

function withoutRaw(snapshot: ProviderSnapshot): ProviderSnapshot {
  const items = snapshot.items?.map((item) => {
    if (!item.ok) return item;
    const { raw: _raw, ...asset } = item.asset;
    return { ...item, asset };
  });
  return { ...snapshot, ...(items !== undefined && { items }) };
}
