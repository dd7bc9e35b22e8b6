import assert from 'node:assert/strict';
import * as z from 'zod';
import { limitsSchema } from '../../model/capabilities.js';
import type { AdapterSubject, ConformanceCase } from '../adapter-subject.js';
import { assertFits, assertJson, assertNoSecret } from '../expectations.js';
import { problemsSchema } from '../output-schemas.js';
import { Rehearsal } from '../rehearsal.js';
import { watchGlobals } from '../watch-globals.js';

/** Strict on what it is given, and quiet until it is asked to do something. */
export function strictnessCases(subject: AdapterSubject): ConformanceCase[] {
  const { adapter } = subject;
  const options = optionsOf(subject);
  return [
    {
      name: 'takes its settings and refuses unknown ones',
      run: async () => isStrict(adapter.settings, subject.settings, 'settings'),
    },
    {
      name: 'takes its options and refuses unknown ones',
      run: async () => isStrict(adapter.options, options, 'options'),
    },
    { name: 'reaches the provider at the baseUrl of its settings', run: async () => obeysBaseUrl(subject) },
    { name: 'is made without any I/O', run: () => isMadeQuietly(subject) },
    { name: 'checks a request and names its lane without any I/O, always alike', run: () => checksQuietly(subject) },
    { name: 'names its account without a secret', run: async () => keepsAccountClean(subject) },
  ];
}

function optionsOf({ adapter, request }: AdapterSubject): unknown {
  return Object.entries(request.options ?? {}).find(([name]) => name === adapter.name)?.[1] ?? {};
}

function isStrict(schema: z.ZodObject, sample: unknown, what: string): void {
  const taken = schema.safeParse(sample);
  assert.ok(taken.success, `the subject's ${what} must be taken: ${taken.error?.message}`);
  const unknown = schema.safeParse(Object.assign({}, sample, { unknownToEverybody: true }));
  assert.ok(!unknown.success, `unknown ${what} must be refused`);
  const open = openObjects(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }));
  assert.deepStrictEqual(open, [], `these objects within the ${what} take unknown keys: make them z.strictObject`);
}

/** The paths of objects with named fields that let others in; records, whose keys are the user's own, are none. */
function openObjects(schema: unknown, path = ''): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  if (Array.isArray(schema)) return schema.flatMap((one) => openObjects(one, path));
  const properties: unknown = Reflect.get(schema, 'properties');
  const named = typeof properties === 'object' && properties !== null;
  const isOpen = named && path !== '' && Reflect.get(schema, 'additionalProperties') !== false;
  const inner = Object.entries(schema).flatMap(([key, value]) =>
    openObjects(value, key === 'properties' ? path : `${path}/${key}`),
  );
  return [...(isOpen ? [path] : []), ...inner];
}

function obeysBaseUrl(subject: AdapterSubject): void {
  const standard = new Rehearsal(subject, []).members.wire;
  assert.match(standard.baseUrl, /^https?:\/\/[^/]+/, 'wire.baseUrl must be an http or https URL');
  const baseUrl = 'https://elsewhere.example/below';
  const { wire } = new Rehearsal(subject, [], { settings: { ...subject.settings, baseUrl } }).members;
  assert.equal(wire.baseUrl, baseUrl, 'the setting baseUrl must become wire.baseUrl');
}

async function isMadeQuietly(subject: AdapterSubject): Promise<void> {
  await watchGlobals(async ({ used }) => {
    subject.adapter.create(structuredClone(subject.settings));
    assert.deepStrictEqual(used, [], 'create must not use clock, timers or network');
  });
}

async function checksQuietly(subject: AdapterSubject): Promise<void> {
  const { members, request, problems, secrets } = new Rehearsal(subject, []);
  const errors = problems.filter(({ severity }) => severity === 'error');
  assert.deepStrictEqual(errors, [], "check must find nothing wrong with the subject's request");
  await watchGlobals(async ({ used }) => {
    const first = members.check?.(request) ?? [];
    assertFits(problemsSchema, first, "check's answer");
    assert.deepStrictEqual(members.check?.(request) ?? [], first, 'check must say the same of the same request');
    const lane = members.lane?.(request);
    assert.equal(members.lane?.(request), lane, 'lane must say the same of the same request');
    assert.ok(
      lane === undefined || (lane !== '' && !secrets.some((secret) => lane.includes(secret))),
      'a lane is a name without secrets',
    );
    if (members.limitsIn !== undefined) {
      const limits = members.limitsIn(lane ?? '');
      assertFits(limitsSchema, limits, "limitsIn's answer");
      assert.deepStrictEqual(members.limitsIn(lane ?? ''), limits, 'limitsIn must say the same of the same lane');
    }
    assert.equal(members.place?.(request), members.place?.(request), 'place must say the same of the same request');
    assert.deepStrictEqual(used, [], 'check, lane, limitsIn and place must not use clock, timers or network');
  });
}

function keepsAccountClean(subject: AdapterSubject): void {
  const { members, secrets } = new Rehearsal(subject, []);
  const { account = null } = members;
  assertJson(account, 'account');
  assertNoSecret(account, secrets, 'account');
}
