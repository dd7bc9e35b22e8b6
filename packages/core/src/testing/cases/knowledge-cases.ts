import assert from 'node:assert/strict';
import type { AdapterRequest, MediaInfo } from '../../model/adapter.js';
import type { AdapterSubject, ConformanceCase } from '../adapter-subject.js';
import { Rehearsal, sampleJobId } from '../rehearsal.js';

/** What the engine finds out of a source for an adapter is what the adapter asks for. */
export function knowledgeCases(subject: AdapterSubject): ConformanceCase[] {
  return [
    { name: 'needs the size of a source exactly where it says so', run: () => needsSize(subject) },
    { name: 'looks at what a container says exactly where it says so', run: async () => readsMedia(subject) },
    { name: 'hands over a callback URL exactly where it takes deliveries to it', run: () => handsCallback(subject) },
  ];
}

/** What is sent when this much is known of the source. */
async function sentWith(subject: AdapterSubject, known: Partial<AdapterRequest>): Promise<string> {
  const rehearsal = new Rehearsal(subject, [subject.samples.started]);
  const { size: _size, expect: _expect, ...request } = rehearsal.request;
  await rehearsal.members.start({ ...request, ...known, id: sampleJobId }, rehearsal.context());
  return JSON.stringify(rehearsal.calls);
}

async function needsSize(subject: AdapterSubject): Promise<void> {
  if (subject.adapter.capabilities.needs?.includes('size') === true) {
    assert.notEqual(
      await sentWith(subject, { size: 4_711 }),
      await sentWith(subject, { size: 4_712 }),
      'capabilities.needs names the size, and it is not sent',
    );
    return;
  }
  await assert.doesNotReject(
    sentWith(subject, {}),
    'a start whose size nobody knows fails, and capabilities.needs does not name the size',
  );
}

/** Nobody's rules let all of these pass. */
const extremes: MediaInfo[] = [
  { durationSeconds: 0.001, width: 1, height: 1, videoCodec: 'unheard-of', mimeType: 'video/x-unheard-of' },
  { durationSeconds: 1e9, width: 1e6, height: 1e6, videoCodec: 'unheard-of', mimeType: 'video/x-unheard-of' },
  { durationSeconds: 60, width: 10_000, height: 1, mimeType: 'audio/mpeg', audioCodec: 'unheard-of' },
];

function readsMedia(subject: AdapterSubject): void {
  const requests = [subject.request, ...Object.values(subject.uploads ?? {})];
  const differs = requests.some((one) => {
    const { members, request } = new Rehearsal(subject, [], { request: one });
    const { media: _media, ...unread } = request;
    const said = (known: AdapterRequest) => JSON.stringify(members.check?.(known) ?? []);
    return extremes.some((media) => said({ ...unread, media }) !== said(unread));
  });
  const declared = subject.adapter.capabilities.reads?.includes('media') === true;
  assert.equal(
    differs,
    declared,
    declared
      ? 'capabilities.reads names media, and check says the same of every container; is there a request in subject.uploads that has rules?'
      : 'check looks at request.media, which nobody reads: capabilities.reads does not name it',
  );
}

const callbackUrl = 'https://sluice.example/webhooks/subject/job-1/token-of-job-1';

async function handsCallback(subject: AdapterSubject): Promise<void> {
  const rehearsal = new Rehearsal(subject, [subject.samples.started]);
  const context = { ...rehearsal.context(), callbackUrl };
  const { ref, memo = null } = await rehearsal.members.start(rehearsal.request, context);
  const sends = JSON.stringify(rehearsal.calls).includes('token-of-job-1');
  const { genuine = [] } = subject.samples.webhook ?? {};
  assert.equal(
    sends,
    genuine.some(({ toJob }) => toJob === true),
    sends
      ? 'start hands context.callbackUrl over: samples.webhook.genuine must hold a delivery to it (toJob)'
      : 'samples.webhook.genuine holds a delivery to the job’s own URL, which start does not hand over',
  );
  const kept = JSON.stringify([ref, memo, rehearsal.said]);
  assert.ok(!kept.includes('token-of-job-1'), 'ref, memo and log must not hold the callback URL: it is secret');
}
