import assert from 'node:assert/strict';
import { effectOf } from '../../wire/http.js';
import type { AdapterSubject, ConformanceCase } from '../adapter-subject.js';
import { rejection } from '../expectations.js';
import { Rehearsal } from '../rehearsal.js';

/** An authorization that must be fetched is fetched when it is needed, and kept. */
export function authorizationCases(subject: AdapterSubject): ConformanceCase[] {
  if (subject.samples.authorized === undefined) return [];
  return [
    { name: 'fetches an authorization once, and every call carries it', run: () => fetchesOnce(subject) },
    { name: 'fetches an authorization anew when it was refused', run: () => fetchesAnew(subject) },
  ];
}

async function fetchesOnce(subject: AdapterSubject): Promise<void> {
  const { started, completed } = subject.samples;
  const rehearsal = new Rehearsal(subject, [started, ...completed]);
  const { authorization, script } = rehearsal;
  assert.equal(authorization.calls.length, 0, 'an authorization is fetched when a call needs it, and not before');
  const { ref } = await rehearsal.start();
  await rehearsal.status(ref);
  assert.equal(
    authorization.calls.length,
    1,
    'an authorization holds for more than one call: make it with renewable()',
  );
  assert.notDeepEqual(
    authorization.calls.map(effectOf),
    ['once'],
    'the call for an authorization may be repeated: it must say so',
  );
  const [headers = {}] = authorization.headers;
  assert.ok(Object.keys(headers).length > 0, 'an authorization is headers');
  for (const sent of script.sent) {
    for (const [name, value] of Object.entries(headers)) assert.equal(sent.headers[name.toLowerCase()], value);
  }
}

async function fetchesAnew(subject: AdapterSubject): Promise<void> {
  const { started, unauthorized } = subject.samples;
  const renewed = new Rehearsal(subject, [unauthorized, started]);
  await assert.doesNotReject(renewed.start(), 'a refused authorization is fetched anew, and the call made once more');
  assert.equal(renewed.authorization.calls.length, 2, 'what was refused must not be used again');
  const refused = new Rehearsal(subject, [unauthorized]);
  assert.equal((await rejection(() => refused.start(), 'a start that is refused again')).code, 'auth');
  assert.equal(refused.authorization.calls.length, 2, 'what is refused again is not tried a third time');
}
