import type { AdapterContext, JsonObject } from '@sluice/core/adapter';
import { describe, expect, test } from 'vitest';
import { contextOf, membersOf, requestOf } from './context.js';
import { fileOf, otherSha256, sha256, size } from './samples.js';

const name = 'videos/clip.mp4';

function look(file: JsonObject | undefined, known: { memo?: JsonObject; evidence?: AdapterContext['evidence'] } = {}) {
  const memo = { size, sha256, outcome: 'created', at: 0, ...known.memo };
  const evidence = known.evidence === undefined ? {} : { evidence: known.evidence };
  const { context } = contextOf(file === undefined ? [] : [file], { memo, ...evidence });
  return membersOf().status({ name, file: '4711' }, context);
}

describe('a file of the right id', () => {
  test('with another size is reported as it is, for the engine to refuse', async () => {
    expect(await look(fileOf({ size: 5 }))).toMatchObject({ items: [{ asset: { size: 5 }, of: { size: 'source' } }] });
  });

  test('has what the callback measured, before what the list says', async () => {
    const evidence = { ok: true, size: 7, sha256: otherSha256 };
    expect(await look(fileOf(), { evidence })).toMatchObject({ items: [{ asset: { size: 7, sha256: otherSha256 } }] });
  });

  test('that a callback called failed has failed, whatever the list says', async () => {
    const evidence = { ok: false, message: `chksum mismatch: expected ${sha256}, got ${otherSha256}` };
    const snapshot = await look(fileOf({ status: 'fetching' }), { evidence });
    expect(snapshot).toMatchObject({
      state: 'failed',
      code: 'integrity',
      message: expect.stringContaining(otherSha256),
    });
  });

  test('without a reason has its sizes for one', async () => {
    const message = `size: expected ${size}, but 5 arrived`;
    expect(await look(fileOf({ status: 'failed', size: 5 }))).toMatchObject({ code: 'integrity', message });
    expect(await look(fileOf({ status: 'failed' }))).toMatchObject({ message: expect.stringContaining('no reason') });
  });

  test('whose reason is another is not taken for a mismatch', async () => {
    const snapshot = await look(fileOf({ status: 'failed', size: 0, message: 'cannot reach ftp://u:secret@host/x' }));
    expect(snapshot).toMatchObject({ state: 'failed', message: 'cannot reach ftp://host/x' });
    expect(snapshot.code).toBeUndefined();
  });

  test('is known by a callback where its word is unknown, and by nothing else', async () => {
    const thawing = fileOf({ status: 'thawing' });
    expect(await look(thawing)).toMatchObject({ state: 'running', unmapped: true });
    expect(await look(thawing, { evidence: { ok: true } })).toMatchObject({ state: 'completed', rawState: 'thawing' });
    const fetching = fileOf({ status: 'fetching' });
    expect(await look(fetching, { evidence: { ok: true } })).toMatchObject({ state: 'running' });
  });
});

describe('a file that is not listed', () => {
  test('is waited for, but not for ever', async () => {
    expect(await look(undefined, { memo: { at: 999_000 } })).toMatchObject({ state: 'queued' });
    expect(await look(undefined)).toMatchObject({ state: 'failed', code: 'not-found' });
  });

  test('because another has its name is a conflict', async () => {
    expect(await look(fileOf({ id: 4712 }))).toMatchObject({ state: 'failed', code: 'conflict' });
  });
});

describe('a file that was there already', () => {
  test('and must stay says whether it is the same', async () => {
    const memo = { outcome: 'existing', keeps: 'skip' };
    const same = await look(fileOf(), { memo });
    expect(same).toMatchObject({
      state: 'completed',
      warnings: [],
      items: [{ outcome: 'existing', of: { size: 'source' } }],
    });
    const other = await look(fileOf({ size: 5 }), { memo });
    expect(other).toMatchObject({ state: 'completed', warnings: [{ code: 'existing-differs' }] });
    expect(other.items?.[0]).not.toHaveProperty('of');
  });

  test('and was not replaced although it is another is a conflict', async () => {
    const snapshot = await look(fileOf({ size: 5 }), { memo: { outcome: 'existing' } });
    expect(snapshot).toMatchObject({
      state: 'failed',
      code: 'conflict',
      message: expect.stringContaining('refused to replace'),
    });
  });

  test('and has failed cannot be what was asked for', async () => {
    const snapshot = await look(fileOf({ status: 'failed' }), { memo: { outcome: 'existing', keeps: 'skip' } });
    expect(snapshot).toMatchObject({ state: 'failed', code: 'conflict' });
  });
});

describe('after a lost answer', () => {
  const recover = (before: AdapterContext['before'], file?: JsonObject) => {
    const intent = { effect: 'start', key: 'k', savedAt: 0, ...(before !== undefined && { before }) };
    const { context } = contextOf(file === undefined ? [] : [file]);
    return membersOf().recover?.(requestOf(), intent, context);
  };
  const old = { id: '4711', standing: 'completed', size: 5 };

  test.each<[string, JsonObject | null, JsonObject, string]>([
    ['where nothing was', null, fileOf({ status: 'queued' }), 'created'],
    ['with another id', { ...old, id: '4000' }, fileOf({ status: 'queued' }), 'replaced'],
    ['with another size', old, fileOf({ status: 'queued' }), 'replaced'],
    ['with another checksum', { ...old, size, sha256: otherSha256 }, fileOf(), 'replaced'],
    ['that had failed and is fetched', { ...old, size, standing: 'failed' }, fileOf({ status: 'queued' }), 'replaced'],
  ])('a file %s is the add’s', async (_what, ...[before, file, outcome]) => {
    expect(await recover(before, file)).toMatchObject({
      found: 'started',
      ref: { name, file: '4711' },
      memo: { outcome },
    });
  });

  test.each<[string, JsonObject | null, JsonObject | undefined]>([
    ['nothing', null, undefined],
    ['the same file', { ...old, size }, fileOf()],
    ['the same file, which was still fetched', { ...old, size, standing: 'running' }, fileOf()],
    ['the same failed file', { ...old, size, standing: 'failed' }, fileOf({ status: 'failed' })],
  ])('%s proves nothing', async (_what, before, file) => {
    expect(await recover(before, file)).toEqual({ found: 'unknown' });
  });
});
