import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { JobRecord } from '@sluice/core/adapter';
import { describe, expect, it, vi } from 'vitest';
import { openDatabase } from '../src/database.js';
import { sqlite } from '../src/index.js';
import { Sealer } from '../src/seal.js';
import { allBytes, makeRecord, scratchPath, t0 } from './scratch.js';

const secrets = ['pass-word', 'geheim', 'hook-token', 'signed-asset', 'raw-answer', 'measured-body', 'early-body'];

const record: JobRecord = {
  ...makeRecord('one', { ref: { id: 7 } }),
  request: {
    source: { kind: 'url', url: 'https://user:pass-word@example.com/one.mp4?signature=geheim' },
    options: { acme: { webhook: 'https://example.com/?t=hook-token' } },
  },
  items: [
    {
      ok: true,
      ref: 'a',
      asset: { id: 'a', url: 'https://cdn.example/a?sig=signed-asset', raw: { answer: 'raw-answer' } },
      checks: { size: { outcome: 'unchecked' }, sha256: { outcome: 'unchecked' } },
    },
  ],
};

describe('what is secret', () => {
  it('is nowhere in the bytes of the files, while they are open and after', async () => {
    const path = scratchPath();
    const store = sqlite({ path });
    await store.create(record);
    await store.post({ id: 'm', to: { job: 'one' }, kind: 'evidence', body: { sha256: 'measured-body' }, at: t0 });
    await store.post({ id: 'e', to: { provider: 'acme', ref: '8' }, kind: 'evidence', body: 'early-body', at: t0 });
    const [lease] = await store.lease({ holder: 'a', now: t0, until: t0 + 10 });
    expect(lease?.record).toEqual(record);
    expect(lease?.messages[0]?.body).toEqual({ sha256: 'measured-body' });
    const open = allBytes(dirname(path));
    expect(secrets.filter((secret) => open.includes(secret))).toEqual([]);
    expect(open).toContain('https://example.com/one.mp4');
    await store.close();
    const closed = allBytes(dirname(path));
    expect(secrets.filter((secret) => closed.includes(secret))).toEqual([]);
  });

  it('does not open for another record, nor when it was changed', async () => {
    const path = scratchPath();
    const store = sqlite({ path });
    await store.create(makeRecord('one'));
    await store.create(makeRecord('two'));
    await store.close();
    const database = await openDatabase(path);
    database.run("UPDATE records SET sealed = (SELECT sealed FROM records WHERE id = 'two') WHERE id = 'one'");
    database.close();
    const again = sqlite({ path });
    await expect(again.read('one')).rejects.toMatchObject({
      code: 'integrity',
      message: expect.stringMatching(/sealed of job one was changed or belongs elsewhere/),
    });
    const [one, two] = await Promise.allSettled([again.read('one'), again.read('two')]);
    expect([one.status, two.status]).toEqual(['rejected', 'fulfilled']);
    await again.close();
  });

  it('is erased from the files with the request of a job that has ended', async () => {
    const path = scratchPath();
    const store = sqlite({ path });
    for (let count = 0; count < 40; count += 1) await store.create(makeRecord(`job-${count}`));
    await store.post({ id: 'm', to: { job: 'job-0' }, kind: 'evidence', body: 'measured-body', at: t0 });
    const sealed = await sealedBytes(path);
    expect(sealed.length).toBe(41);
    const written = allBytes(dirname(path));
    expect(sealed.filter((bytes) => !written.includes(bytes))).toEqual([]);
    for (const { record: leased, fence } of await store.lease({ holder: 'a', now: t0, until: t0 + 10, limit: 100 })) {
      const { request: _erased, dueAt: _never, ...rest } = leased;
      const ended: JobRecord = { ...rest, state: 'completed', completedAt: t0 };
      await store.commit({ lease: { id: ended.id, fence }, record: ended, now: t0, release: true });
    }
    await store.close();
    const left = allBytes(dirname(path));
    expect(sealed.filter((bytes) => left.includes(bytes))).toEqual([]);
  });
});

describe('the log', () => {
  it('is emptied of what was erased also while the store stays open, once in a while', async () => {
    const path = scratchPath();
    const store = sqlite({ path });
    await store.create(makeRecord('one'));
    const [sealed = ''] = await sealedBytes(path);
    const [lease] = await store.lease({ holder: 'a', now: t0, until: t0 + 10 });
    const later = performance.now() + 60_000;
    vi.spyOn(performance, 'now').mockImplementation(() => later);
    const { request: _erased, ...rest } = makeRecord('one', { state: 'canceled' });
    await store.commit({ lease: { id: 'one', fence: lease?.fence ?? 0 }, record: rest, now: t0, release: true });
    expect(statSync(`${path}-wal`).size).toBe(0);
    expect(allBytes(dirname(path))).not.toContain(sealed);
    await store.close();
  });
});

/** Every sealed value, without its first byte, which is the same for all. */
async function sealedBytes(path: string): Promise<string[]> {
  const database = await openDatabase(path);
  const rows = database.all(
    'SELECT hex(sealed) AS hex FROM records WHERE sealed IS NOT NULL UNION ALL SELECT hex(body) FROM messages WHERE body IS NOT NULL',
  );
  database.close();
  return rows.map(({ hex }) => Buffer.from(String(hex), 'hex').subarray(1).toString('latin1'));
}

describe('the sealer', () => {
  const sealer = new Sealer(Buffer.alloc(32, 1));

  it('opens what it has sealed, also in another process', () => {
    const sealed = sealer.seal('Ünïcode 🎬', 'job 1');
    expect(sealer.open(sealed, 'job 1')).toBe('Ünïcode 🎬');
    expect(new Sealer(Buffer.alloc(32, 1)).open(sealed, 'job 1')).toBe('Ünïcode 🎬');
  });

  it('never seals two texts under one nonce', () => {
    const nonces = Array.from({ length: 600 }, (_, index) =>
      sealer.seal(`text ${index}`, 'job 1').toString('hex', 1, 13),
    );
    expect(new Set(nonces).size).toBe(600);
  });

  it('opens nothing of another key, another owner, or with a bit changed', () => {
    const sealed = sealer.seal('text', 'job 1');
    expect(() => new Sealer(Buffer.alloc(32, 2)).open(sealed, 'job 1')).toThrow(/belongs elsewhere/);
    expect(() => sealer.open(sealed, 'job 2')).toThrow(/belongs elsewhere/);
    for (const at of [1, 13, sealed.length - 1]) {
      const changed = Buffer.from(sealed);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(() => sealer.open(changed, 'job 1')).toThrow(/was changed/);
    }
    expect(() => sealer.open(sealed.subarray(0, 10), 'job 1')).toThrow(/was changed/);
  });
});
