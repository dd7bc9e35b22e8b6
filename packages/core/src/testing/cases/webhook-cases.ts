import assert from 'node:assert/strict';
import { canonicalJson, type JsonValue } from '../../model/json.js';
import type { AdapterSubject, ConformanceCase, SampleDelivery } from '../adapter-subject.js';
import { assertFits, assertJson, assertNoSecret, rejection } from '../expectations.js';
import { noticeSchema } from '../output-schemas.js';
import { Rehearsal } from '../rehearsal.js';
import type { ScriptedAnswer } from '../scripted-http.js';
import { watchGlobals } from '../watch-globals.js';

/** A delivery is verified and read, and nothing more. */
export function webhookCases(subject: AdapterSubject): ConformanceCase[] {
  if (subject.adapter.capabilities.webhook === 'none') return [];
  return [
    { name: 'reads which job a delivery is about', run: () => readsGenuine(subject) },
    { name: "refuses a delivery that is not the provider's", run: () => refusesForged(subject) },
    { name: 'refuses a delivery that cannot be read', run: () => refusesUnreadable(subject) },
    { name: 'gives evidence, and looks at it, exactly where it says so', run: () => givesEvidence(subject) },
  ];
}

function deliver(subject: AdapterSubject, delivery: SampleDelivery) {
  const { method = 'POST', query = {}, toJob = false, headers = {}, body, settings } = delivery;
  const rehearsal = new Rehearsal(subject, [], settings === undefined ? {} : { settings });
  const { webhook } = rehearsal.members;
  assert.ok(webhook !== undefined, 'the member webhook is missing');
  const lowerCase = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return {
    rehearsal,
    notice: webhook({
      method,
      query,
      ...(toJob && { job: 'job_sample' }),
      headers: lowerCase,
      body: new TextEncoder().encode(body),
      now: rehearsal.clock.now(),
    }),
  };
}

async function readsGenuine(subject: AdapterSubject): Promise<void> {
  const { genuine = [] } = subject.samples.webhook ?? {};
  assert.ok(genuine.length > 0, 'samples.webhook.genuine must hold a delivery');
  const { ref: started } = await new Rehearsal(subject, [subject.samples.started]).start();
  for (const delivery of genuine) {
    const { ref = started } = delivery;
    await watchGlobals(async ({ used }) => {
      const notice = await deliver(subject, delivery).notice;
      assert.deepStrictEqual(used, [], 'the time is delivery.now, and a delivery needs no network');
      assertJson(notice, "webhook's answer");
      assertFits(noticeSchema, notice, "webhook's answer");
      if (delivery.toJob !== true || notice.ref !== undefined) {
        assert.equal(
          notice.ref === undefined ? undefined : canonicalJson(notice.ref),
          canonicalJson(ref),
          'a delivery must name the job by the reference that its start, or a later effect, left',
        );
      }
      assert.deepStrictEqual(
        await deliver(subject, delivery).notice,
        notice,
        'the same delivery again must read the same',
      );
    });
  }
}

async function givesEvidence(subject: AdapterSubject): Promise<void> {
  const declared = subject.adapter.capabilities.webhook === 'evidence';
  const given: JsonValue[] = [];
  for (const delivery of subject.samples.webhook?.genuine ?? []) {
    const { rehearsal, notice } = deliver(subject, delivery);
    const { evidence } = await notice;
    if (evidence === undefined) continue;
    given.push(evidence);
    assertNoSecret(evidence, rehearsal.secrets, 'the evidence of a delivery');
  }
  assert.equal(given.length > 0, declared, `capabilities.webhook is "${declared ? 'evidence' : 'hint'}"`);
  if (!declared) return;
  const { completed, failed } = subject.samples;
  for (const answer of [...completed, ...failed]) {
    const unproved = await lookWith(subject, answer);
    for (const evidence of given) if ((await lookWith(subject, answer, evidence)) !== unproved) return;
  }
  assert.fail('context.evidence changes nothing that a look at a job that is over says');
}

async function lookWith(subject: AdapterSubject, answer: ScriptedAnswer, evidence?: JsonValue): Promise<string> {
  const started = await new Rehearsal(subject, [subject.samples.started]).start();
  const rehearsal = new Rehearsal(subject, [answer], started);
  const context = { ...rehearsal.context(), ...(evidence !== undefined && { evidence: structuredClone(evidence) }) };
  return JSON.stringify(await rehearsal.members.status(started.ref, context));
}

async function refusesForged(subject: AdapterSubject): Promise<void> {
  const { forged = [] } = subject.samples.webhook ?? {};
  const isEvidence = subject.adapter.capabilities.webhook === 'evidence';
  assert.ok(
    forged.length > 0 || !isEvidence,
    'what counts as evidence must be verified: samples.webhook.forged must hold a delivery',
  );
  for (const delivery of forged) await refused(subject, delivery, 'auth');
}

async function refusesUnreadable(subject: AdapterSubject): Promise<void> {
  for (const body of ['', '{"half":', 'null', '[]', '"text"', '{"nothing":"of what is needed"}']) {
    const error = await refused(subject, { body });
    assert.ok(
      error.code === 'protocol' || error.code === 'auth',
      `an unreadable delivery is "protocol" or "auth", not "${error.code}"`,
    );
  }
}

async function refused(subject: AdapterSubject, delivery: SampleDelivery, code?: string) {
  const { rehearsal, notice } = deliver(subject, delivery);
  const error = await rejection(() => notice, `the delivery ${delivery.body}`);
  if (code !== undefined) assert.equal(error.code, code, error.message);
  assertNoSecret(error, rehearsal.secrets, 'the error about a delivery');
  return error;
}
