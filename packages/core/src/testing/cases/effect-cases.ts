import assert from 'node:assert/strict';
import type { Started } from '../../model/adapter.js';
import { effectOf } from '../../wire/http.js';
import type { AdapterSubject, ConformanceCase, EffectSample } from '../adapter-subject.js';
import { assertFits, assertJson, assertNoSecret, fulfilled, rejection } from '../expectations.js';
import { recoveredSchema, startedSchema } from '../output-schemas.js';
import { Rehearsal, type RehearsalOptions, sampleJobId } from '../rehearsal.js';
import type { ScriptedAnswer } from '../scripted-http.js';

/** Later calls that count: each is asked for by a look, and leaves what can be looked at. */
export function effectCases(subject: AdapterSubject): ConformanceCase[] {
  const samples = Object.entries(subject.samples.effects ?? {});
  const each = (run: (subject: AdapterSubject, name: string, sample: EffectSample) => Promise<void>) => async () => {
    for (const [name, sample] of samples) await run(subject, name, sample);
  };
  if (samples.length === 0) return [];
  const recovers = samples.some(([, { recovered }]) => recovered !== undefined);
  return [
    { name: 'asks for a later effect by a look', run: each(asks) },
    { name: 'runs a later effect with one call that counts', run: each(runsOnce) },
    { name: 'leaves of a later effect what a look needs, and no secret', run: each(leavesWhatIsNeeded) },
    ...(recovers ? [{ name: 'finds what a lost effect left', run: each(recoversEffect) }] : []),
  ];
}

/** The sample's own request, or the subject's. */
function requestOf({ request }: EffectSample): RehearsalOptions {
  return request === undefined ? {} : { request };
}

/** The effect, by members that were made anew, its input through JSON, as a store gives it back. */
async function run(
  subject: AdapterSubject,
  name: string,
  { sample, answer = sample.answer }: { sample: EffectSample; answer?: ScriptedAnswer },
): Promise<{ rehearsal: Rehearsal; started: Started }> {
  const rehearsal = new Rehearsal(subject, [answer], requestOf(sample));
  const effect = rehearsal.members.effects?.[name];
  assert.ok(effect !== undefined, `the member effects has no "${name}"`);
  return { rehearsal, started: await effect(structuredClone(sample.input), rehearsal.context()) };
}

async function asks(subject: AdapterSubject, name: string, sample: EffectSample): Promise<void> {
  const { ref, memo } = await new Rehearsal(subject, [subject.samples.started], requestOf(sample)).start();
  const rehearsal = new Rehearsal(subject, [sample.asked], {
    ...requestOf(sample),
    ...(memo !== undefined && { memo }),
  });
  const { state, next } = await rehearsal.status(ref);
  assert.deepStrictEqual(
    next,
    { effect: name, input: sample.input },
    `the look that samples.effects.${name}.asked answers must say \`next\`, with this effect and its input`,
  );
  assert.ok(state === 'queued' || state === 'running', `a job that something is still to be done for is not ${state}`);
  assertNoSecret(next, rehearsal.secrets, `the input of ${name}`);
  assert.doesNotMatch(JSON.stringify(next), /:\/\//, `the input of ${name} must hold no URL: it is stored in the open`);
}

async function runsOnce(subject: AdapterSubject, name: string, sample: EffectSample): Promise<void> {
  const { rehearsal } = await fulfilled(() => run(subject, name, { sample }), `the effect ${name}`);
  const effects = rehearsal.calls.map(effectOf);
  assert.equal(effects.length, 1, `the effect ${name} must make exactly one call`);
  const fitting = subject.adapter.capabilities.idempotentStart ? ['once', 'repeatable'] : ['once'];
  assert.ok(
    effects.every((effect) => fitting.includes(effect)),
    `the call of ${name} has the effect "${effects[0]}": repeating it could do it twice`,
  );
  const failing = () => run(subject, name, { sample, answer: { status: 503, text: '' } });
  await rejection(failing, `the effect ${name}, answered with 503`);
}

async function leavesWhatIsNeeded(subject: AdapterSubject, name: string, sample: EffectSample): Promise<void> {
  const { rehearsal, started } = await run(subject, name, { sample });
  assertJson(started, `the answer of ${name}`);
  assertFits(startedSchema, started, `the answer of ${name}`);
  const { ref, memo } = structuredClone(started);
  assertNoSecret([ref, memo ?? null], rehearsal.secrets, `ref and memo of ${name}`);
  assert.doesNotMatch(JSON.stringify([ref, memo ?? null]), /:\/\//, `ref and memo of ${name} must hold no URL`);
  const again = await run(subject, name, { sample });
  assert.deepStrictEqual(again.started.ref, ref, 'the same answer must give the same reference');
  const looking = new Rehearsal(subject, [sample.completed], memo === undefined ? {} : { memo });
  const snapshot = await fulfilled(() => looking.status(ref), `a look at what ${name} left`);
  assert.equal(snapshot.state, 'completed', `samples.effects.${name}.completed must be read as a completed job`);
  assert.ok((snapshot.items ?? []).length > 0, 'a completed job must have an item for each file');
}

async function recoversEffect(subject: AdapterSubject, name: string, sample: EffectSample): Promise<void> {
  const { recovered } = sample;
  if (recovered === undefined) return;
  const recover = async (answers: ScriptedAnswer[]) => {
    const rehearsal = new Rehearsal(subject, answers, requestOf(sample));
    const { input } = structuredClone(sample);
    const intent = { effect: name, key: `${sampleJobId}-${name}`, savedAt: rehearsal.clock.now(), input };
    const request = { ...rehearsal.request, id: sampleJobId };
    const found = await fulfilled(
      () => rehearsal.members.recover?.(request, intent, rehearsal.context()),
      `a recovery of ${name}`,
    );
    assertJson(found, "recover's answer");
    assertFits(recoveredSchema, found, "recover's answer");
    for (const call of rehearsal.calls) assert.equal(effectOf(call), 'none', 'a recovery looks, and changes nothing');
    return recoveredSchema.parse(found);
  };
  const found = await recover(recovered.started);
  assert.ok(found.found === 'started', `samples.effects.${name}.recovered.started holds what ${name} left`);
  const { started } = await run(subject, name, { sample });
  assert.deepStrictEqual(found.ref, started.ref, `a recovery must find what ${name} left`);
  if (recovered.nothing !== undefined) assert.notEqual((await recover(recovered.nothing)).found, 'started');
}
