import assert from 'node:assert/strict';
import type { ProbeStep } from '../../model/adapter.js';
import { effectOf } from '../../wire/http.js';
import type { AdapterSubject, ConformanceCase } from '../adapter-subject.js';
import { assertFits, assertJson, assertNoSecret, rejection } from '../expectations.js';
import { probeStepSchema, readinessSchema, recoveredSchema, snapshotSchema } from '../output-schemas.js';
import { Rehearsal, sampleJobId } from '../rehearsal.js';
import type { ScriptedAnswer } from '../scripted-http.js';
import { withSecretSource } from '../sources.js';

/** The members that not every adapter has. */
export function optionalCases(subject: AdapterSubject): ConformanceCase[] {
  const { before, ready, notReady, canceled, probe, recovered } = subject.samples;
  return [
    ...(before === undefined
      ? []
      : [{ name: 'looks before a start with one call', run: () => looksBefore(subject, before) }]),
    ...(ready === undefined
      ? []
      : [{ name: 'tells whether a start may go, with one call', run: () => tellsReadiness(subject, ready, notReady) }]),
    ...(canceled === undefined ? [] : [{ name: 'cancels with one call', run: () => cancels(subject, canceled) }]),
    ...(probe === undefined ? [] : [{ name: 'probes with one call a step', run: () => probes(subject, probe) }]),
    ...(recovered === undefined
      ? []
      : [{ name: 'finds what a lost start left', run: () => recovers(subject, recovered) }]),
  ];
}

/** A question before a start is one call, which changes nothing; for some sources there may be nothing to ask. */
async function asks<T>(
  subject: AdapterSubject,
  answer: ScriptedAnswer,
  ask: (rehearsal: Rehearsal) => Promise<T> | undefined,
): Promise<{ seen: T | undefined; rehearsal: Rehearsal }> {
  const rehearsal = new Rehearsal(subject, [answer]);
  const seen = await ask(rehearsal);
  const effects = rehearsal.calls.map(effectOf);
  assert.ok(effects.length <= 1, 'a question before a start is one call');
  for (const effect of effects) assert.equal(effect, 'none', 'a question before a start must change nothing');
  if (effects.length > 0) {
    const failing = new Rehearsal(subject, [{ status: 503, text: '' }]);
    await rejection(async () => ask(failing), 'a question before a start, answered with 503');
  }
  return { seen, rehearsal };
}

async function looksBefore(subject: AdapterSubject, answer: ScriptedAnswer): Promise<void> {
  const ask = (one: Rehearsal) => one.members.before?.(one.request, one.context());
  assertJson((await asks(subject, answer, ask)).seen, "before's answer");
  const rehearsal = new Rehearsal(subject, [answer], { request: withSecretSource(subject) });
  assertNoSecret(await ask(rehearsal), rehearsal.secrets, "before's answer");
}

async function tellsReadiness(subject: AdapterSubject, ready: ScriptedAnswer, not?: ScriptedAnswer): Promise<void> {
  const ask = (one: Rehearsal) => one.members.ready?.(one.request, one.context());
  const { seen } = await asks(subject, ready, ask);
  assert.deepStrictEqual(seen, { go: true }, 'samples.ready stands in the way of nothing');
  if (not === undefined) return;
  const { seen: waits, rehearsal } = await asks(subject, not, ask);
  assertFits(readinessSchema, waits, "ready's answer");
  assert.ok(waits !== undefined && 'again' in waits, 'samples.notReady stands in the way of a start');
  assertNoSecret(waits, rehearsal.secrets, "ready's answer");
}

async function cancels(subject: AdapterSubject, canceled: ScriptedAnswer): Promise<void> {
  const { ref, memo } = await new Rehearsal(subject, [subject.samples.started]).start();
  const rehearsal = new Rehearsal(subject, [canceled], memo === undefined ? {} : { memo });
  const snapshot = await rehearsal.members.cancel?.(ref, rehearsal.context());
  assert.equal(rehearsal.calls.length, 1, 'cancel must make exactly one call');
  assertJson(snapshot, "cancel's answer");
  assertFits(snapshotSchema, snapshot, "cancel's answer");
  const failing = new Rehearsal(subject, [{ status: 503, text: '' }], memo === undefined ? {} : { memo });
  await rejection(async () => failing.members.cancel?.(ref, failing.context()), 'cancel, answered with 503');
}

async function probes(
  subject: AdapterSubject,
  samples: NonNullable<AdapterSubject['samples']['probe']>,
): Promise<void> {
  const first = await probeStep(subject, samples.started);
  if ('result' in first) return;
  for (const answer of [samples.pending, samples.done]) {
    if (answer === undefined) continue;
    const step = await probeStep(subject, answer, first);
    assert.equal('result' in step, answer === samples.done, 'samples.probe.done has the result, and pending has none');
  }
  assert.ok(samples.done !== undefined, 'a probe of more than one call needs samples.probe.done');
  if (samples.failed === undefined) return;
  const failing = new Rehearsal(subject, [samples.failed]);
  const again = async () => failing.members.probe?.status(first.ref, failing.context());
  assertNoSecret(await rejection(again, 'a probe that failed'), failing.secrets, 'the error of a probe');
}

async function probeStep(subject: AdapterSubject, answer: ScriptedAnswer, before?: ProbeStep): Promise<ProbeStep> {
  const rehearsal = new Rehearsal(subject, [answer], { request: withSecretSource(subject) });
  const { probe } = rehearsal.members;
  assert.ok(probe !== undefined, 'the member probe is missing');
  const waiting = before !== undefined && 'ref' in before;
  const context = rehearsal.context();
  const step = await (waiting ? probe.status(before.ref, context) : probe.start(rehearsal.request, context));
  assert.equal(rehearsal.calls.length, 1, 'each step of a probe must make exactly one call');
  assertJson(step, "probe's answer");
  assertFits(probeStepSchema, step, "probe's answer");
  assertNoSecret(step, rehearsal.secrets, "probe's answer");
  return step;
}

async function recovers(
  subject: AdapterSubject,
  samples: NonNullable<AdapterSubject['samples']['recovered']>,
): Promise<void> {
  const recover = async (answers: ScriptedAnswer[]) => {
    const rehearsal = new Rehearsal(subject, answers);
    const intent = { effect: 'start', key: 'effect-key-1', savedAt: rehearsal.clock.now() };
    const request = { ...rehearsal.request, id: sampleJobId };
    const found = await rehearsal.members.recover?.(request, intent, rehearsal.context());
    assertJson(found, "recover's answer");
    assertFits(recoveredSchema, found, "recover's answer");
    for (const { method, effect = method === 'GET' ? 'none' : 'once' } of rehearsal.calls) {
      assert.equal(effect, 'none', 'a recovery looks, and changes nothing');
    }
    return found;
  };
  assert.equal((await recover(samples.started))?.found, 'started');
  if (samples.nothing !== undefined) assert.notEqual((await recover(samples.nothing))?.found, 'started');
}
