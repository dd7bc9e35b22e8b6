import assert from 'node:assert/strict';
import type { AdapterUpload } from '../../model/adapter.js';
import type { BegunUpload, FormUpload, PartsUpload } from '../../model/upload.js';
import { effectOf } from '../../wire/http.js';
import type { AdapterSubject, ConformanceCase, UploadSamples } from '../adapter-subject.js';
import { assertNoSecret } from '../expectations.js';
import { begin, uploadOf } from '../upload-rehearsal.js';

/** Bytes get to the provider: the adapter says where to, the engine brings them there. */
export function uploadCases(subject: AdapterSubject): ConformanceCase[] {
  if (subject.adapter.capabilities.upload === undefined) return [];
  return [
    { name: 'has what its uploads need, and declares what it has', run: async () => hasWhatItNeeds(subject) },
    { name: 'begins an upload by every way, as often as need be', run: () => beginsByEveryWay(subject) },
    { name: 'remembers ids of an upload, and nothing signed', run: () => remembersIds(subject) },
    { name: 'keeps its credentials from where the bytes go', run: () => keepsCredentials(subject) },
  ];
}

function hasWhatItNeeds(subject: AdapterSubject): void {
  const { upload, samples, ways } = uploadOf(subject);
  const { canList, canSign } = subject.adapter.capabilities.upload ?? {};
  assert.equal(upload.sign !== undefined, canSign, 'the member upload.sign and capabilities.upload.canSign must agree');
  assert.equal(upload.list !== undefined, canList, 'the member upload.list and capabilities.upload.canList must agree');
  const pairs: [keyof AdapterUpload, keyof UploadSamples][] = [
    ['sign', 'signed'],
    ['list', 'listed'],
    ['report', 'reported'],
    ['abort', 'aborted'],
    ['answered', 'answered'],
  ];
  for (const [member, sample] of pairs) {
    assert.equal(
      samples[sample] !== undefined,
      upload[member] !== undefined,
      `samples.upload.${sample} and the member upload.${member} must come together`,
    );
  }
  assert.ok(ways.length > 0, 'an adapter that takes bytes has a way for them');
  const names = ways.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length, 'each way needs a name of its own');
  for (const way of ways) assert.ok(way.minBytes <= way.maxBytes, `the way "${way.name}" takes no size at all`);
  assert.deepStrictEqual(
    Object.keys(subject.uploads ?? {}).sort(),
    names.sort(),
    'subject.uploads has a request a way',
  );
}

async function beginsByEveryWay(subject: AdapterSubject): Promise<void> {
  const { ways, upload } = uploadOf(subject);
  for (const way of ways) {
    const { rehearsal, begun, size } = await begin(subject, way);
    assert.equal(rehearsal.way, way.name, `the request for the way "${way.name}" would go another way`);
    assert.equal(begun.kind, way.shape, `the way "${way.name}" has the shape that it declares`);
    assert.ok(rehearsal.calls.length <= 1, 'begin must make at most one call');
    for (const call of rehearsal.calls) {
      assert.notEqual(effectOf(call), 'once', 'an upload is begun anew after a lost answer: its call must say so');
    }
    const again = await begin(subject, way);
    assert.deepStrictEqual(again.rehearsal.calls, rehearsal.calls, 'the same upload is begun by the same call');
    assert.deepStrictEqual(again.begun, begun, 'the same answer begins the same upload');
    if (begun.kind === 'parts') assertSigned(subject, begun, size);
    else assertForm(begun, upload);
  }
}

/** Every part has its place, or can get one. */
function assertSigned(subject: AdapterSubject, { first, partSize }: PartsUpload, size: number): void {
  const count = Math.max(1, Math.ceil(size / partSize));
  const numbers = first.map(({ number }) => number);
  const canSign = subject.adapter.capabilities.upload?.canSign === true;
  const expected = Array.from({ length: canSign ? numbers.length : count }, (_, index) => index + 1);
  assert.deepStrictEqual(
    numbers,
    expected,
    canSign
      ? 'the parts that are signed at the start are the first ones, in order'
      : `${size} bytes in parts of ${partSize} are ${count} parts, and whoever cannot sign again signs them all at the start`,
  );
  assert.ok(numbers.length <= count, `${size} bytes in parts of ${partSize} are only ${count} parts`);
}

function assertForm({ answer, uploaded }: FormUpload, { answered }: AdapterUpload): void {
  if (answer === 'json') assert.ok(answered !== undefined, 'a form whose answer is the start needs upload.answered');
  else assert.notEqual(uploaded, null, 'a form without an answer must say what the start is given');
}

async function remembersIds(subject: AdapterSubject): Promise<void> {
  for (const way of uploadOf(subject).ways) {
    const { begun, rehearsal } = await begin(subject, way);
    const kept = begun.kind === 'parts' ? { session: begun.session, uploaded: begun.uploaded } : begun.uploaded;
    const what = `what an upload by the way "${way.name}" remembers`;
    assert.doesNotMatch(JSON.stringify(kept), /:\/\//, `${what} must hold no URL: it is stored in the open`);
    assertNoSecret(kept, [...rehearsal.secrets, ...signedTexts(begun)], what);
  }
}

/** What opens the store to whoever has it; an upload's id may well stand beside it. */
const secretName = /policy|signature|credential|token/i;

function signedTexts(begun: BegunUpload): string[] {
  const urls = begun.kind === 'parts' ? begun.first.map(({ url }) => url) : [begun.url];
  const pairs = urls.flatMap((url) => [...new URL(url).searchParams]);
  const fields = begun.kind === 'parts' ? [] : begun.fields;
  return [...pairs, ...fields]
    .filter(([name, value]) => secretName.test(name) && value !== '')
    .map(([, value]) => value);
}

async function keepsCredentials(subject: AdapterSubject): Promise<void> {
  for (const way of uploadOf(subject).ways) {
    const { begun, rehearsal } = await begin(subject, way);
    assertNoSecret(begun, rehearsal.secrets, `an upload by the way "${way.name}"`);
    if (begun.kind === 'parts' || begun.authorized !== true) continue;
    const { baseUrl } = rehearsal.members.wire;
    assert.ok(begun.url.startsWith(`${baseUrl}/`), `${begun.url} is not below ${baseUrl}: it must not be authorized`);
  }
}
