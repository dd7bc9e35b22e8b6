import assert from 'node:assert/strict';
import { isFinal } from '../../model/record.js';
import type { AdapterSubject, ConformanceCase } from '../adapter-subject.js';
import { assertFits, assertJson, assertNoSecret, frozen, rejection } from '../expectations.js';
import { startedSchema } from '../output-schemas.js';
import { Rehearsal } from '../rehearsal.js';
import { withSecretSource } from '../sources.js';
import { watchGlobals } from '../watch-globals.js';

/** A start hands the source over, once, and leaves a reference. */
export function startCases(subject: AdapterSubject): ConformanceCase[] {
  return [
    { name: 'starts with one call that counts as one', run: () => startsWithOneCall(subject) },
    { name: 'answers a start with plain JSON of the right form', run: () => answersPlainly(subject) },
    { name: 'keeps URLs and secrets out of its reference and memo', run: () => keepsRefsClean(subject) },
    { name: 'leaves the request as it was given', run: () => leavesInput(subject) },
    { name: 'uses no clock, timer or network but those of its context', run: () => usesItsContext(subject) },
    { name: 'stops when its signal fires', run: () => stops(subject) },
  ];
}

const started = (subject: AdapterSubject) => [subject.samples.started];

async function startsWithOneCall(subject: AdapterSubject): Promise<void> {
  const rehearsal = new Rehearsal(subject, started(subject));
  await rehearsal.start();
  assert.equal(rehearsal.calls.length, 1, 'start must make exactly one call');
  const [call] = rehearsal.calls;
  const effect = call?.effect ?? (call?.method === 'GET' ? 'none' : 'once');
  const { idempotentStart } = subject.adapter.capabilities;
  const fitting = idempotentStart ? ['once', 'repeatable'] : ['once'];
  assert.ok(
    fitting.includes(effect),
    `start's call has the effect "${effect}": repeating it could make and bill a second job`,
  );
}

async function answersPlainly(subject: AdapterSubject): Promise<void> {
  const answer = await new Rehearsal(subject, started(subject)).start();
  assertJson(answer, "start's answer");
  assertFits(startedSchema, answer, "start's answer");
  assert.ok(!isFinal(answer.snapshot.state), 'samples.started must be a job that is not over');
  const again = await new Rehearsal(subject, started(subject)).start();
  assert.deepStrictEqual(again.ref, answer.ref, 'the same answer must give the same reference');
}

async function keepsRefsClean(subject: AdapterSubject): Promise<void> {
  const rehearsal = new Rehearsal(subject, started(subject), { request: withSecretSource(subject) });
  const { ref, memo = null } = await rehearsal.start();
  for (const [what, value] of Object.entries({ ref, memo })) {
    assertNoSecret(value, rehearsal.secrets, what);
    assert.doesNotMatch(JSON.stringify(value), /:\/\//, `${what} must hold no URL: it is stored in the open`);
  }
}

async function leavesInput(subject: AdapterSubject): Promise<void> {
  const rehearsal = new Rehearsal(subject, started(subject));
  const before = structuredClone(rehearsal.request);
  const input = frozen(structuredClone(rehearsal.request));
  await assert.doesNotReject(rehearsal.start(input), 'start must not write to the request');
  assert.deepStrictEqual(input, before);
}

async function usesItsContext(subject: AdapterSubject): Promise<void> {
  await watchGlobals(async (watch) => {
    const { ref, memo } = await new Rehearsal(subject, started(subject), { watch }).start();
    const answers = [
      ...Object.values(subject.samples.pending),
      ...subject.samples.completed,
      ...subject.samples.failed,
    ];
    for (const answer of answers) {
      await new Rehearsal(subject, [answer], { watch, ...(memo !== undefined && { memo }) }).status(ref);
    }
    assert.deepStrictEqual(
      [...new Set(watch.used)],
      [],
      'time is context.now(), the network is context.http, waiting is the engine',
    );
  });
}

async function stops(subject: AdapterSubject): Promise<void> {
  const first = await new Rehearsal(subject, started(subject)).start();
  const rehearsals = {
    start: (rehearsal: Rehearsal) => rehearsal.start(),
    status: (rehearsal: Rehearsal) => rehearsal.status(first.ref),
  };
  for (const [what, play] of Object.entries(rehearsals)) {
    const rehearsal = new Rehearsal(subject, [{ failure: 'silent' }], first);
    const playing = rejection(() => play(rehearsal), `${what}, when its signal fires`);
    await Promise.resolve();
    rehearsal.abort();
    assert.equal((await playing).code, 'aborted', `${what} must pass the abort on`);
    assert.equal(rehearsal.calls.length, 1, `${what} must make no other call when its signal fires`);
  }
}
