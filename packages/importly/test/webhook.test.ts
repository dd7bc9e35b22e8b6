import { createHmac } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import type { ImportlySettings } from '../src/index.js';
import { importly } from '../src/index.js';
import { deliveryBody, jobId, nested, taken } from './importly-subject.js';
import { apiKey, clientOf } from './play.js';

const secret = 'webhook-secret-0123';
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function waitingJob(webhook?: ImportlySettings['webhook']) {
  const looks = [taken({ jobId, status: 'queued' }), taken(nested)];
  const client = clientOf({ looks }, webhook === undefined ? {} : { webhook });
  closers.push(() => client.sluice.close());
  const job = await client.sluice.import({ source: 'https://example.com/video.mp4' });
  await job.refresh();
  return { ...client, job };
}

function delivery(body: string, headers: Record<string, string> = {}): Request {
  return new Request('https://your-app.example/hook', { method: 'POST', body, headers });
}

async function notice(body: string, settings: Partial<ImportlySettings>, headers: Record<string, string> = {}) {
  const { webhook } = importly.adapter.create({ apiKey, ...settings });
  return webhook?.({ method: 'POST', query: {}, headers, body: new TextEncoder().encode(body), now: 0 });
}

test('a delivery is a hint: the job is looked at, and what the delivery claims is not believed', async () => {
  const { sluice, job, sent } = await waitingJob();
  const lying = JSON.stringify({ jobId, status: 'failed', message: 'not true' });
  expect(await sluice.webhook('media', delivery(lying))).toMatchObject({ status: 200 });
  expect((await job.refresh()).state).toBe('completed');
  expect(sent.looks).toHaveLength(2);
});

test('the same delivery again is taken and changes nothing', async () => {
  const { sluice, sent } = await waitingJob();
  await sluice.webhook('media', delivery(deliveryBody));
  expect(await sluice.webhook('media', delivery(deliveryBody))).toMatchObject({ status: 200 });
  expect(sent.looks).toHaveLength(2);
});

test('a delivery about a job that is not known is kept and asks nothing', async () => {
  const { sluice, sent } = await waitingJob();
  expect(await sluice.webhook('media', delivery('{"jobId":"stranger"}'))).toMatchObject({ status: 200 });
  expect(sent.looks).toHaveLength(1);
});

describe('with a secret', () => {
  test('an unsigned delivery is answered with 401 and what is missing', async () => {
    const { sluice, sent } = await waitingJob({ secret });
    const answer = await sluice.webhook('media', delivery(deliveryBody));
    expect(answer).toMatchObject({ status: 401, message: expect.stringContaining('x-importly-signature') });
    expect(sent.looks).toHaveLength(1);
  });

  test('one with a wrong signature is answered with 401 and which check failed', async () => {
    const { sluice } = await waitingJob({ secret });
    const answer = await sluice.webhook('media', delivery(deliveryBody, { 'x-importly-signature': 'ab'.repeat(32) }));
    expect(answer).toMatchObject({ status: 401, message: expect.stringContaining('hex HMAC-SHA-256') });
  });

  test.each([
    ['hex', 'sha256', 'x-importly-signature', ''],
    ['hex', 'sha256', 'x-importly-signature', 'sha256='],
    ['base64', 'sha256', 'x-hook-signature', ''],
    ['hex', 'sha512', 'X-Signature', ''],
    ['base64', 'sha384', 'x-importly-signature', 'sha384='],
  ] as const)('a genuine one is taken: %s of %s in %s, after "%s"', async (...parts) => {
    const [encoding, algorithm, signatureHeader, prefix] = parts;
    const { sluice, sent } = await waitingJob({ secret, encoding, algorithm, signatureHeader });
    const signature = prefix + createHmac(algorithm, secret).update(deliveryBody).digest(encoding);
    const answer = await sluice.webhook('media', delivery(deliveryBody, { [signatureHeader]: signature }));
    expect(answer).toMatchObject({ status: 200 });
    expect(sent.looks).toHaveLength(2);
  });

  test('a signature that is not even text of the encoding is refused', async () => {
    for (const encoding of ['hex', 'base64'] as const) {
      const reading = notice(deliveryBody, { webhook: { secret, encoding } }, { 'x-importly-signature': '*=*' });
      await expect(reading).rejects.toMatchObject({ code: 'auth' });
    }
  });
});

test.each([
  ['no JSON', 'jobId=abc123'],
  ['a body without an id', '{"status":"completed"}'],
  ['a list', '[]'],
])('%s is answered with 400', async (_what, body) => {
  const { sluice } = await waitingJob();
  expect(await sluice.webhook('media', delivery(body))).toMatchObject({ status: 400 });
});

describe('the event', () => {
  test.each<[string, string, Parameters<typeof notice>[1]]>([
    ['import.completed', '{"jobId":"a","event":"import.completed"}', {}],
    ['import.failed', '{"jobId":"a","type":"import.failed"}', { webhook: { event: 'type' } }],
    ['failed', '{"id":"a","status":"failed"}', {}],
    ['unnamed', '{"id":"a"}', {}],
    ['import.completed', '{"id":"delivery-1","event":"import.completed","data":{"jobId":"a"}}', {}],
    ['failed', '{"data":{"id":"a","status":"failed"}}', {}],
  ])('%s', async (event, body, settings) => {
    expect(await notice(body, settings)).toEqual({ ref: 'a', event });
  });

  test('may stand in a header', async () => {
    const settings = { webhook: { event: 'X-Importly-Event' } };
    const named = await notice('{"jobId":"a"}', settings, { 'x-importly-event': 'metadata.completed' });
    expect(named).toEqual({ ref: 'a', event: 'metadata.completed' });
  });
});
