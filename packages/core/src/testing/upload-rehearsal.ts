import assert from 'node:assert/strict';
import type { ArrivedPart, BegunUpload, UploadWay } from '../model/upload.js';
import type { AdapterSubject } from './adapter-subject.js';
import { assertFits, assertJson, fulfilled } from './expectations.js';
import { begunSchema } from './output-schemas.js';
import { Rehearsal, sampleJobId } from './rehearsal.js';
import type { ScriptedAnswer } from './scripted-http.js';

/** The samples, the member and the ways of an adapter that takes bytes. */
export function uploadOf(subject: AdapterSubject, answers: readonly ScriptedAnswer[] = []) {
  const rehearsal = new Rehearsal(subject, answers);
  const { upload } = rehearsal.members;
  const { upload: samples } = subject.samples;
  assert.ok(upload !== undefined, 'the member upload is missing');
  assert.ok(samples !== undefined, 'samples.upload is missing');
  return { rehearsal, upload, samples, ways: upload.ways ?? subject.adapter.capabilities.upload?.ways ?? [] };
}

/** An upload that was begun by members that were made anew. */
export async function begin(subject: AdapterSubject, way: UploadWay): Promise<Begun> {
  const request = subject.uploads?.[way.name];
  assert.ok(request !== undefined, `subject.uploads must hold a request for the way "${way.name}"`);
  const answer = subject.samples.upload?.begun[way.name];
  const rehearsal = new Rehearsal(subject, answer === undefined ? [] : [answer], { request });
  const { source } = rehearsal.request;
  const size = source.kind === 'file' || source.kind === 'bytes' ? source.size : undefined;
  assert.ok(size !== undefined, `the request for the way "${way.name}" must be from bytes, and say how many`);
  const { upload } = rehearsal.members;
  const begun = await fulfilled(
    () => upload?.begin({ ...rehearsal.request, id: sampleJobId }, { size, way: way.name }, rehearsal.context()),
    `begin by the way "${way.name}"`,
  );
  assertJson(begun, "begin's answer");
  assertFits(begunSchema, begun, "begin's answer");
  assert.ok(begun !== undefined);
  return { rehearsal, begun, size };
}

interface Begun {
  rehearsal: Rehearsal;
  begun: BegunUpload;
  /** Bytes. */
  size: number;
}

/** Parts as a store tells of them, quotes and all. */
export const arrivedParts: ArrivedPart[] = [
  { number: 1, etag: '"0123456789abcdef0123456789abcdef"', size: 8 },
  { number: 2, etag: '"fedcba9876543210fedcba9876543210-1"', size: 3 },
];
