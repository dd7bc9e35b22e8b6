import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { AdapterMembers } from '../../src/model/adapter.js';
import { SluiceError } from '../../src/model/error.js';
import { memoryStore } from '../../src/store/memory.js';
import { completed, looksInTurn, running, started } from '../support/acme.js';
import { makeClient, source } from '../support/client.js';
import { bound } from '../support/stores.js';

const bodySchema = z.object({ id: z.string(), event: z.string() });

/** Deliveries signed with a word: what arrives is parsed strictly. */
const webhook: NonNullable<AdapterMembers['webhook']> = async ({ headers, body }) => {
  if (headers['x-signature'] !== 'right')
    throw new SluiceError({ code: 'auth', message: 'x-signature does not match' });
  const { id, event } = bodySchema.parse(JSON.parse(new TextDecoder().decode(body)));
  return { ref: { id }, event };
};

function delivery(body: string | ReadableStream, signature = 'right'): Request {
  const init = { method: 'POST', body, headers: { 'X-Signature': signature }, duplex: 'half' } as const;
  return new Request('https://me.example/hook', init);
}

function saying(id: string, event = 'done'): Request {
  return delivery(JSON.stringify({ id, event }));
}

function receiver(members: Partial<AdapterMembers> = {}, store = memoryStore()) {
  const status = looksInTurn(running(), completed);
  const start = async () => started({ id: 'r1' });
  const script = { members: { webhook, start, status, ...members }, pollIntervalMs: 3_600_000 };
  return { ...makeClient({ ...script, capabilities: { webhook: 'hint' } }, { store }), status };
}

describe('a delivery', () => {
  it('has its job looked at at once, before its sender is answered', async () => {
    const { sluice, status } = receiver({ status: async () => completed });
    const job = await sluice.import({ source });
    expect(await sluice.webhook('acme', saying('r1'))).toEqual({ status: 200, message: 'kept' });
    expect((await sluice.job(job.id)).snapshot.state).toBe('completed');
    expect(status.calls).toHaveLength(0);
  });

  it('reaches those who wait', async () => {
    const { sluice, clock } = receiver({ status: async () => completed });
    const job = await sluice.import({ source });
    const began = clock.now();
    const waited = job.wait();
    await sluice.webhook('acme', saying('r1'));
    expect(await waited).toMatchObject({ state: 'completed' });
    expect(clock.now()).toBe(began);
  });

  it('that is known is answered well, and looked at no more', async () => {
    const { sluice, status } = receiver();
    await sluice.import({ source });
    await sluice.webhook('acme', saying('r1', 'progress'));
    expect(await sluice.webhook('acme', saying('r1', 'progress'))).toEqual({ status: 200, message: 'known' });
    expect(status.calls).toHaveLength(1);
    await sluice.webhook('acme', saying('r1', 'done'));
    expect(status.calls).toHaveLength(2);
  });

  it('that comes before its job is known is kept, and makes it due as soon as it is', async () => {
    const { sluice, clock, record } = receiver({ status: async () => completed });
    expect(await sluice.webhook('acme', saying('r1'))).toEqual({ status: 200, message: 'kept' });
    const job = await sluice.import({ source });
    expect((await record(job.id)).dueAt).toBe(clock.now());
    await clock.advance(0);
    expect(await clock.run(job.wait({ timeoutMs: 1_000 }))).toMatchObject({ state: 'completed' });
  });

  it('during the answer to the start is not lost', async () => {
    const client = receiver({
      start: async () => {
        await client.sluice.webhook('acme', saying('r1'));
        return started({ id: 'r1' });
      },
      status: async () => completed,
    });
    const job = await client.clock.run(client.sluice.import({ source }));
    expect(await client.clock.run(job.wait({ timeoutMs: 1_000 }))).toMatchObject({ state: 'completed' });
  });

  it('is only a hint: how the job stands is asked of the provider, and polling goes on', async () => {
    const { sluice, clock, status } = receiver();
    const job = await sluice.import({ source });
    await sluice.webhook('acme', saying('r1'));
    expect((await sluice.job(job.id)).snapshot.state).toBe('running');
    expect(await clock.run(job.wait())).toMatchObject({ state: 'completed' });
    expect(status.calls).toHaveLength(2);
  });

  it('whose look fails is still the sender’s no more', async () => {
    const { sluice } = receiver({ status: looksInTurn(new SluiceError({ code: 'auth', message: 'acme: no' })) });
    await sluice.import({ source });
    expect(await sluice.webhook('acme', saying('r1'))).toMatchObject({ status: 200 });
  });
});

describe('a delivery is refused', () => {
  it('with 401 when it is not the provider’s, naming the check that failed', async () => {
    const { sluice, log, store } = receiver();
    const answer = await sluice.webhook('acme', delivery('{"id":"r1","event":"done"}', 'wrong'));
    expect(answer).toEqual({ status: 401, message: 'x-signature does not match' });
    expect(log).toContainEqual({ level: 'warn', message: 'webhook of acme refused: x-signature does not match' });
    expect(await store.readByRef('acme', '{"id":"r1"}')).toBeUndefined();
  });

  it.each(['', 'no JSON', '{"id":7}', '[]'])('with 400 when it cannot be read: %j', async (body) => {
    const { sluice } = receiver();
    expect(await sluice.webhook('acme', delivery(body))).toMatchObject({ status: 400 });
  });

  it('with 404 where nobody receives', async () => {
    const { sluice } = makeClient();
    expect(await sluice.webhook('acme', saying('r1'))).toMatchObject({ status: 404 });
    expect(await sluice.webhook('nobody', saying('r1'))).toMatchObject({ status: 404 });
  });

  it('with 413 as soon as it is too long, declared or not, without reading it to its end', async () => {
    const { sluice } = receiver();
    let pulled = 0;
    const endless = new ReadableStream({
      pull(controller) {
        pulled += 1;
        controller.enqueue(new Uint8Array(64 * 1024));
      },
    });
    expect(await sluice.webhook('acme', delivery(endless))).toMatchObject({ status: 413 });
    expect(pulled).toBeLessThan(25);
    expect(await sluice.webhook('acme', delivery('x'.repeat(1024 * 1024 + 1)))).toMatchObject({ status: 413 });
  });

  it('not with 400 when it is the store that fails: the sender must come again', async () => {
    const post = () => Promise.reject(new SluiceError({ code: 'unavailable', message: 'disk full' }));
    const { sluice } = receiver({}, { ...bound(memoryStore()), post });
    await expect(sluice.webhook('acme', saying('r1'))).rejects.toThrow('disk full');
  });
});

describe('the handler', () => {
  const ask = (url: string, init: RequestInit = {}) =>
    new Request(`https://me.example${url}`, {
      method: 'POST',
      body: JSON.stringify({ id: 'r1', event: 'done' }),
      headers: { 'x-signature': 'right' },
      ...init,
    });
  const told = async (response: Response) => `${response.status} ${(await response.text()).trim()}`;

  it('takes deliveries at its base path and nowhere else', async () => {
    const { sluice } = receiver();
    await sluice.import({ source });
    const handler = sluice.handler({ basePath: '/web/hooks/' });
    expect(await told(await handler(ask('/web/hooks/acme')))).toBe('200 kept');
    expect(await told(await handler(ask('/web/hooks/acme/?x=1')))).toBe('200 kept');
    for (const path of [
      '/acme',
      '/web/hooks',
      '/web/hooks/',
      '/web/hooks/other',
      '/web/hooks/acme/x',
      '/%zz/hooks/acme',
    ])
      expect((await handler(ask(path))).status, path).toBe(404);
    expect(await told(await sluice.handler()(ask('/acme')))).toBe('200 known');
  });

  it('says no to other methods, to what is too long, and to strangers', async () => {
    const { sluice } = receiver();
    const handler = sluice.handler();
    const put = await handler(ask('/acme', { method: 'PUT' }));
    expect([put.status, put.headers.get('allow')]).toEqual([405, 'POST, GET']);
    expect((await handler(ask('/acme', { body: 'x'.repeat(1024 * 1024 + 1) }))).status).toBe(413);
    expect((await handler(ask('/acme', { headers: { 'x-signature': 'wrong' } }))).status).toBe(401);
    const { id } = await sluice.import({ source });
    expect(await told(await handler(ask(`/acme/${id}/${'a'.repeat(32)}`)))).toMatch(/^401 the callback names no job/);
    expect((await handler(ask('/acme', { body: 'no json' }))).status).toBe(400);
  });
});
