import assert from 'node:assert/strict';
import type { ErrorCode } from '../../model/error.js';
import type { AdapterSubject, ConformanceCase } from '../adapter-subject.js';
import { assertNoSecret, rejection } from '../expectations.js';
import { Rehearsal } from '../rehearsal.js';
import type { ScriptedAnswer } from '../scripted-http.js';
import { withSecretSource } from '../sources.js';

/** A call that fails is an error of the right kind, passed on at once. */
export function errorCases(subject: AdapterSubject): ConformanceCase[] {
  const { unauthorized, rateLimited } = subject.samples;
  return [
    { name: 'knows refused credentials', run: () => tells(subject, [unauthorized], 'auth') },
    { name: 'knows a call or a job too many', run: () => tells(subject, rateLimited, 'rate-limited') },
    { name: 'passes an error on at once, and repeats nothing itself', run: () => passesOn(subject) },
    { name: 'knows a refusal that did nothing from one that leaves it open', run: () => tellsRefusals(subject) },
    { name: 'shows no secret in errors, snapshots and what it logs', run: () => showsNoSecret(subject) },
  ];
}

type Play = (rehearsal: Rehearsal) => Promise<unknown>;

/** Start and look, each with what a start left. */
async function plays(subject: AdapterSubject): Promise<[string, Play][]> {
  const { ref } = await new Rehearsal(subject, [subject.samples.started]).start();
  return [
    ['start', (rehearsal) => rehearsal.start()],
    ['status', (rehearsal) => rehearsal.status(ref)],
  ];
}

async function tells(subject: AdapterSubject, answers: ScriptedAnswer[], code: ErrorCode): Promise<void> {
  assert.ok(answers.length > 0, `the subject needs a sample for "${code}"`);
  for (const [what, play] of await plays(subject)) {
    for (const answer of answers) {
      const error = await rejection(
        () => play(new Rehearsal(subject, [answer])),
        `${what}, answered with ${JSON.stringify(answer)}`,
      );
      assert.equal(error.code, code, `${what}: ${error.message}`);
      assert.notEqual(error.ambiguous, true, 'a refusal did nothing');
    }
  }
}

const broken: [ScriptedAnswer, ErrorCode][] = [
  [{ failure: 'refused' }, 'unavailable'],
  [{ failure: 'reset' }, 'unavailable'],
  [{ failure: 'silent' }, 'timeout'],
  [{ status: 502, text: '<html>Bad Gateway</html>' }, 'unavailable'],
  [{ status: 503, text: '' }, 'unavailable'],
  [{ status: 504, text: '<html>Gateway Time-out</html>' }, 'unavailable'],
  [{ json: { half: 'of it', and: 'more' }, cut: true }, 'unavailable'],
  [{ text: '<html>Welcome</html>' }, 'protocol'],
  [{ text: '{"half":' }, 'protocol'],
  [{ json: 'no object at all' }, 'protocol'],
];

async function passesOn(subject: AdapterSubject): Promise<void> {
  for (const [what, play] of await plays(subject)) {
    for (const [answer, code] of broken) {
      const rehearsal = new Rehearsal(subject, [answer]);
      const error = await rejection(() => play(rehearsal), `${what}, answered with ${JSON.stringify(answer)}`);
      assert.equal(error.code, code, `${what}, answered with ${JSON.stringify(answer)}: ${error.message}`);
      assert.equal(rehearsal.calls.length, 1, `${what} must leave repeating to the engine`);
    }
  }
}

/** Only the provider's own word makes a 5xx harmless. */
async function tellsRefusals(subject: AdapterSubject): Promise<void> {
  const start = (answer: ScriptedAnswer) => {
    const rehearsal = new Rehearsal(subject, [answer]);
    return rejection(() => rehearsal.start(), `a start, answered with ${JSON.stringify(answer)}`);
  };
  for (const answer of subject.samples.refused ?? []) {
    assert.notEqual(
      (await start(answer)).ambiguous,
      true,
      'samples.refused did nothing: readError must say refused: true',
    );
  }
  const open = broken.filter(([answer]) => !('failure' in answer && answer.failure === 'refused'));
  for (const [answer] of subject.adapter.capabilities.idempotentStart ? [] : open) {
    const error = await start(answer);
    assert.equal(
      error.ambiguous,
      true,
      `${JSON.stringify(answer)} leaves open whether the job was made: ${error.message}`,
    );
  }
}

async function showsNoSecret(subject: AdapterSubject): Promise<void> {
  const { samples } = subject;
  const request = withSecretSource(subject);
  const good = [samples.started, ...Object.values(samples.pending), ...samples.completed, ...samples.failed];
  const bad = [
    samples.unauthorized,
    ...samples.rateLimited,
    ...(samples.refused ?? []),
    ...broken.map(([answer]) => answer),
  ];
  for (const [what, play] of await plays(subject)) {
    for (const answer of [...good, ...bad]) {
      const rehearsal = new Rehearsal(subject, [answer], { request });
      const outcome = await play(rehearsal).catch((error: unknown) => error);
      assertNoSecret(outcome, rehearsal.secrets, `what ${what} hands out`);
      assertNoSecret(rehearsal.said, rehearsal.secrets, `what ${what} logs`);
    }
  }
}
