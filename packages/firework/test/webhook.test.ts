import { createHmac } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import type { FireworkSettings } from '../src/index.js';
import { clientOf, membersOf, url } from './play.js';
import { completed, running, video } from './samples.js';

const secret = 'endpoint-secret-0123';
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const created = JSON.stringify({ event: 'video_created', import_id: running.id, video });

function sign(body: string, time: number, key = secret): string {
  return createHmac('sha256', key).update(`${time}.${body}`).digest('base64');
}

function header(body: string, time: number): Record<string, string> {
  return { 'FW-Webhooks-Signature': `t=${time},v1=${sign(body, time)}` };
}

/** A job that waits for its next look. */
async function waitingJob(webhook: FireworkSettings['webhook'] = {}) {
  const client = clientOf({ rest: [{ json: running }, { json: completed }] }, { webhook });
  closers.push(() => client.sluice.close());
  const job = await client.sluice.import({ source: url, options: { firework: { async: true } } });
  await job.refresh();
  const deliver = (body: string, headers: Record<string, string> = {}) =>
    client.sluice.webhook('shop', new Request('https://app.example/hook', { method: 'POST', body, headers }));
  return { ...client, job, deliver };
}

test('a delivery is a hint: the import is looked at, and what the delivery claims is not believed', async () => {
  const { deliver, job, sent } = await waitingJob();
  const lying = JSON.stringify({ event: 'video_import_failed', import_id: running.id });
  expect(await deliver(lying)).toMatchObject({ status: 200 });
  expect((await job.refresh()).state).toBe('completed');
  expect(sent.rest).toHaveLength(2);
});

describe('with a secret', () => {
  test('a genuine delivery is taken, and the same again changes nothing', async () => {
    const { deliver, sent, clock } = await waitingJob({ secret });
    const headers = header(created, clock.now());
    expect(await deliver(created, headers)).toMatchObject({ status: 200, message: 'kept' });
    expect(await deliver(created, headers)).toMatchObject({ status: 200, message: 'known' });
    expect(sent.rest).toHaveLength(2);
  });

  test('the time and the body are signed, byte by byte', async () => {
    const { deliver, clock } = await waitingJob({ secret });
    const now = clock.now();
    const v1 = sign(created, now);
    const tries: [string, string][] = [
      [created, `t=${now + 1},v1=${v1}`],
      [`${created} `, `t=${now},v1=${v1}`],
      [created, `t=${now},v1=${sign(created, now, 'another')}`],
      [created, `t=0${now},v1=${v1}`],
    ];
    for (const [body, value] of tries) {
      const answer = await deliver(body, { 'FW-Webhooks-Signature': value });
      expect(answer).toMatchObject({ status: 401, message: expect.stringContaining('HMAC-SHA256') });
    }
  });

  test.each(['', 't=1', 'v1=abc=', 't=now,v1=YWJj', 't=1,v1=*', 't=-1,v1=YWJj', 'nonsense'])(
    'a header that cannot be read is refused: "%s"',
    async (value) => {
      const { deliver } = await waitingJob({ secret });
      const answer = await deliver(created, { 'FW-Webhooks-Signature': value });
      expect(answer).toMatchObject({ status: 401, message: expect.stringContaining('t=MILLISECONDS,v1=BASE64') });
    },
  );

  test('that is being changed, the old and the new one are good, and no other', async () => {
    const { deliver, clock } = await waitingJob({ secret: ['old-secret', 'new-secret'] });
    const statuses: number[] = [];
    for (const [index, key] of ['old-secret', 'new-secret', secret].entries()) {
      const body = JSON.stringify({ event: 'video_updated', import_id: running.id, index });
      const value = `t=${clock.now()},v1=${sign(body, clock.now(), key)}`;
      statuses.push((await deliver(body, { 'FW-Webhooks-Signature': value })).status);
    }
    expect(statuses).toEqual([200, 200, 401]);
  });

  test('an unsigned delivery is refused, and nothing is asked', async () => {
    const { deliver, sent } = await waitingJob({ secret });
    const answer = await deliver(created);
    expect(answer).toMatchObject({ status: 401, message: expect.stringContaining('missing') });
    expect(sent.rest).toHaveLength(1);
  });

  test('one that is too old, or too far ahead, is refused however genuine it is', async () => {
    const { deliver, clock } = await waitingJob({ secret });
    for (const away of [300_001, -300_001]) {
      const answer = await deliver(created, header(created, clock.now() - away));
      expect(answer).toMatchObject({ status: 401, message: expect.stringContaining('webhook.toleranceMs') });
    }
    expect(await deliver(created, header(created, clock.now() - 300_000))).toMatchObject({ status: 200 });
  });

  test('the tolerance is a setting', async () => {
    const { deliver, clock } = await waitingJob({ secret, toleranceMs: 86_400_000 });
    expect(await deliver(created, header(created, clock.now() - 3_600_000))).toMatchObject({ status: 200 });
  });

  test('one of several signatures is enough: a secret may be changed', async () => {
    const { deliver, clock } = await waitingJob({ secret });
    const time = clock.now();
    const value = `t=${time}, v1=${sign(created, time, 'the-old-secret')}, v1=${sign(created, time)}, v2=x`;
    expect(await deliver(created, { 'FW-Webhooks-Signature': value })).toMatchObject({ status: 200 });
  });
});

describe('what a delivery is about', () => {
  const notice = (body: unknown) => {
    const { webhook } = membersOf();
    const bytes = new TextEncoder().encode(JSON.stringify(body));
    return webhook?.({ method: 'POST', query: {}, headers: {}, body: bytes, now: 0 });
  };

  test.each<[string, object, object]>([
    [
      'the import',
      { event: 'video_created', import_id: 'i', video: { id: 'v' } },
      { ref: { import: 'i' }, event: 'video_created' },
    ],
    [
      'the import, further in',
      { type: 'video_updated', data: { video: { import_id: 'i' } } },
      { ref: { import: 'i' }, event: 'video_updated' },
    ],
    [
      'the video, where there was no import',
      { event_type: 'video_updated', import_id: null, video: { id: 'v' } },
      { ref: { video: 'v' }, event: 'video_updated' },
    ],
    ['the video by its id', { data: { video_id: 'v' } }, { ref: { video: 'v' }, event: 'unnamed' }],
    [
      'not what the user calls so',
      { video: { id: 'v', custom_fields: { import_id: 'mine' } } },
      { ref: { video: 'v' }, event: 'unnamed' },
    ],
  ])('%s', async (_what, body, expected) => {
    expect(await notice(body)).toEqual(expected);
  });

  test.each([
    ['no JSON', 'import_id=1'],
    ['a list', '[{"import_id":"i"}]'],
    ['nothing', '{"event":"stream_started"}'],
  ])('%s is answered with 400', async (_what, body) => {
    expect(await (await waitingJob()).deliver(body)).toMatchObject({ status: 400 });
  });
});
