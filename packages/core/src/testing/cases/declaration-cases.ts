import assert from 'node:assert/strict';
import { capabilitiesSchema, type NeutralField, neutralFields } from '../../model/capabilities.js';
import type { Adapter } from '../../model/define-adapter.js';
import type { ImportRequest } from '../../model/request.js';
import { parseSource } from '../../model/source.js';
import type { AdapterSubject, ConformanceCase } from '../adapter-subject.js';
import { assertFits, assertJson } from '../expectations.js';
import { Rehearsal, sampleJobId } from '../rehearsal.js';
import { withSource } from '../sources.js';

/** What an adapter says of itself is true, and is all that there is to say. */
export function declarationCases(subject: AdapterSubject): ConformanceCase[] {
  return [
    { name: 'declares itself as data: a name and its capabilities', run: async () => declaresItself(subject.adapter) },
    {
      name: 'has the members that it declares, and declares those that it has',
      run: async () => hasWhatItDeclares(subject),
    },
    { name: 'declares a check exactly where it measures the source', run: () => measuresWhatItDeclares(subject) },
    { name: 'starts from every source that it declares', run: () => takesItsSources(subject) },
    { name: 'honours exactly the neutral fields that it declares', run: () => honoursWhatItDeclares(subject) },
    { name: 'is idempotent by the key exactly where it says so', run: () => sendsItsKey(subject) },
  ];
}

function declaresItself({ name, capabilities, pollIntervalMs }: Adapter): void {
  assert.match(name, /^[a-z][a-z0-9-]*$/, 'the name must be lower-case letters, digits and hyphens');
  assertJson(capabilities, 'capabilities');
  assertFits(capabilitiesSchema, capabilities, 'capabilities');
  const { url, integration, upload } = capabilities;
  const imports = url !== undefined || integration === true || upload !== undefined;
  assert.ok(imports, 'capabilities must name a source: url.schemes, integration, or upload');
  assert.ok(
    Number.isInteger(pollIntervalMs) && pollIntervalMs > 0,
    'pollIntervalMs must be a whole number of milliseconds',
  );
}

function hasWhatItDeclares(subject: AdapterSubject): void {
  const { capabilities } = subject.adapter;
  const { members } = new Rehearsal(subject, []);
  const { samples } = subject;
  const pairs = [
    { member: 'cancel', has: members.cancel, declared: capabilities.cancel, sample: samples.canceled },
    { member: 'webhook', has: members.webhook, declared: capabilities.webhook !== 'none', sample: samples.webhook },
    { member: 'upload', has: members.upload, declared: capabilities.upload !== undefined, sample: samples.upload },
  ];
  for (const { member, has, declared } of pairs) {
    assert.equal(
      has !== undefined,
      declared,
      `the member ${member} is ${has ? 'there' : 'missing'}, and capabilities.${member} says otherwise`,
    );
  }
  const tried = [
    ...pairs,
    { member: 'probe', has: members.probe, sample: samples.probe },
    { member: 'before', has: members.before, sample: samples.before },
    { member: 'ready', has: members.ready, sample: samples.ready },
    { member: 'recover', has: members.recover, sample: samples.recovered },
    { member: 'wire.authorize', has: members.wire.authorize, sample: samples.authorized },
  ];
  for (const { member, has, sample } of tried) {
    assert.equal(
      sample !== undefined,
      has !== undefined,
      `the subject's samples and the member ${member} must come together`,
    );
  }
  assert.deepStrictEqual(
    Object.keys(samples.effects ?? {}).sort(),
    Object.keys(members.effects ?? {}).sort(),
    "the subject's samples.effects and the member effects must have the same names",
  );
  const { probes, probesAtOnce } = capabilities.limits;
  const limitsProbes = probes !== undefined || probesAtOnce !== undefined;
  assert.ok(
    !limitsProbes || members.probe !== undefined,
    'capabilities.limits limits probes, and there is no member probe',
  );
}

async function measuresWhatItDeclares(subject: AdapterSubject): Promise<void> {
  const measured = new Set<string>();
  for (const answer of subject.samples.completed) {
    const started = await new Rehearsal(subject, [subject.samples.started]).start();
    const { items = [] } = await new Rehearsal(subject, [answer], started).status(started.ref);
    for (const item of items) {
      if (!item.ok) continue;
      if (item.asset.size !== undefined && item.of?.size !== 'rendition') measured.add('size');
      if (item.asset.sha256 !== undefined && item.of?.sha256 !== 'rendition') measured.add('sha256');
    }
  }
  const declared = [...new Set<string>(subject.adapter.capabilities.checks)].sort();
  if (isIntegration(subject)) {
    // Nothing can be expected of all the files of a bucket: an adapter may measure only single ones.
    for (const check of measured) assert.ok(declared.includes(check), `${check} is measured, and not declared`);
    return;
  }
  assert.deepStrictEqual(
    [...measured].sort(),
    declared,
    'capabilities.checks must name what the completed items measure of the source',
  );
}

function isIntegration({ request }: AdapterSubject): boolean {
  return parseSource(request.source).kind === 'integration';
}

async function takesItsSources(subject: AdapterSubject): Promise<void> {
  const { url, integration } = subject.adapter.capabilities;
  const kinds = [...(url?.schemes ?? []), ...(integration === true ? (['integration'] as const) : [])];
  const { put } = subject.samples;
  const cameWithIt = (put !== undefined) === (integration === true);
  assert.ok(cameWithIt, "the subject's samples.put and capabilities.integration must come together");
  for (const kind of kinds) {
    const rehearsal = new Rehearsal(subject, [subject.samples.started], { request: withSource(subject, kind) });
    await assert.doesNotReject(rehearsal.start(), `a start from ${kind}, which capabilities name`);
    assert.ok(rehearsal.script.sent.length > 0, `a start from ${kind} must be sent`);
  }
}

const neutralSamples: Record<NeutralField, Partial<ImportRequest>> = {
  name: { name: 'folder/another-name' },
  title: { metadata: { title: 'A title' } },
  description: { metadata: { description: 'A description' } },
  tags: { metadata: { tags: ['one', 'two'] } },
  metadata: { metadata: { anything: 'else' } },
  priority: { priority: 7 },
  ifExists: { ifExists: 'fail' },
};

async function honoursWhatItDeclares(subject: AdapterSubject): Promise<void> {
  const declared = new Set(subject.adapter.capabilities.honours ?? []);
  for (const field of neutralFields) {
    const request = subject.honoured?.[field] ?? subject.request;
    const makes = await makesDifference(subject, field, request);
    if (declared.has(field))
      assert.ok(
        makes,
        `capabilities.honours names ${field}, and it changes nothing; is there a request in subject.honoured?`,
      );
    else assert.ok(!makes, `${field} changes what is sent, and capabilities.honours does not name it`);
  }
}

/** Whether the field changes what is sent: with the request's own value for it, or a made-up one. */
async function makesDifference(subject: AdapterSubject, field: NeutralField, request: ImportRequest): Promise<boolean> {
  const { name: _name, metadata: _metadata, priority: _priority, ifExists: _ifExists, ...bare } = request;
  const own = Object.keys(neutralSamples[field]).every((key) => key in request) ? request : {};
  const withField = { ...bare, ...neutralSamples[field], ...own };
  return (await sentBy(subject, withField)) !== (await sentBy(subject, bare));
}

async function sentBy(subject: AdapterSubject, request: ImportRequest): Promise<string> {
  const rehearsal = new Rehearsal(subject, [subject.samples.started], { request });
  await rehearsal.members.start({ ...rehearsal.request, id: sampleJobId }, rehearsal.context());
  return JSON.stringify(rehearsal.calls);
}

async function sendsItsKey(subject: AdapterSubject): Promise<void> {
  const sent = async (key: string) => {
    const rehearsal = new Rehearsal(subject, [subject.samples.started], { key });
    await rehearsal.members.start({ ...rehearsal.request, id: sampleJobId }, rehearsal.context());
    return JSON.stringify(rehearsal.calls);
  };
  const [first, again, other] = [
    await sent('key-of-one-start'),
    await sent('key-of-one-start'),
    await sent('key-of-another'),
  ];
  assert.equal(first, again, 'the same start under the same key must be the same call');
  const { idempotentStart } = subject.adapter.capabilities;
  assert.equal(
    first !== other,
    idempotentStart,
    `idempotentStart is ${idempotentStart}, and context.key is ${first === other ? 'not ' : ''}sent`,
  );
}
