import { integration } from '@sluice/core';
import type { Emulator } from '@sluice/emulator';
import { TwelvelabsApiClient } from 'twelvelabs-js-integrations';
import { describe, expect, test } from 'vitest';
import { bytesOf, connect, sampleOf, withTail } from './emulation.js';

/** Fills the bucket: of each kind so many files. */
async function fill(
  emulator: Emulator,
  { fine = 0, again = 0, short = 0, broken = 0 }: { fine?: number; again?: number; short?: number; broken?: number },
): Promise<void> {
  const { addFile } = emulator.twelvelabs;
  const sample = await bytesOf(sampleOf(emulator).url);
  const tone = await bytesOf(sampleOf(emulator, 'tone.m4a').url);
  for (let index = 0; index < fine; index += 1) await addFile(`fine/${index}.mp4`, withTail(sample, `fine ${index}`));
  // The same bytes as fine ones, under names that come later.
  for (let index = 0; index < again; index += 1) await addFile(`more/${index}.mp4`, withTail(sample, `fine ${index}`));
  for (let index = 0; index < short; index += 1) await addFile(`short/${index}.m4a`, withTail(tone, `short ${index}`));
  for (let index = 0; index < broken; index += 1)
    await addFile(`broken/${index}.mp4`, Buffer.from(`no media ${index}`));
}

/** The tone lasts 5 s, the sample 6 s. */
const atLeast = (minSeconds: number) => ({ prerequisites: { minSeconds } });

function source({ twelvelabs }: Emulator) {
  return integration(twelvelabs.integrationId);
}

describe('500 files of a bucket', () => {
  test('every file that the answer named is an item with its true outcome', { timeout: 60_000 }, async () => {
    const { emulator, bring } = await connect({ twelvelabs: atLeast(5.5) });
    await fill(emulator, { fine: 400, again: 50, short: 30, broken: 20 });
    const { state, items, warnings } = await bring({ source: source(emulator) });
    const [transfer] = emulator.twelvelabs.transfers();
    expect(state).toBe('completed');
    expect(transfer).toMatchObject({ duplicates: { length: 50 }, refused: { length: 30 }, videos: { length: 420 } });
    const named = [...(transfer?.videos ?? []), ...(transfer?.refused ?? [])].map(({ filename }) => filename);
    expect(items.map(({ ref }) => ref).sort()).toEqual(named.sort());
    const ids = new Map(transfer?.videos.map(({ filename, id }) => [filename, id]));
    for (const item of items) {
      if (item.ok) expect([item.ref.startsWith('fine/'), item.asset.id]).toEqual([true, ids.get(item.ref)]);
      else expect(item.error.message).toMatch(item.ref.startsWith('short/') ? /too short/ : /not a readable video/);
    }
    expect(items.filter(({ ok }) => ok)).toHaveLength(400);
    expect(warnings).toMatchObject([{ code: 'not-imported', message: expect.stringMatching(/^50 files/) }]);
    expect(emulator.twelvelabs.counts()).toMatchObject({ import: 1, importsStarted: 1 });
  });
});

describe('what an import brings', () => {
  test('the options reach TwelveLabs in its own words', async () => {
    const { emulator, bring } = await connect({}, { indexId: undefined });
    await fill(emulator, { fine: 1 });
    const options = {
      index_id: emulator.twelvelabs.indexId,
      incremental_import: false,
      retry_failed: true,
      user_metadata: { category: 'recentlyAdded', batchNumber: 5, rating: 9.5, reviewed: false },
    };
    await bring({ source: source(emulator), options: { twelvelabs: options } });
    const start = emulator.twelvelabs.requests().find(({ method }) => method === 'POST');
    expect(start?.body).toEqual(options);
  });

  test('nothing: all files are in the index already', async () => {
    const { emulator, bring } = await connect();
    await fill(emulator, { fine: 2 });
    expect((await bring({ source: source(emulator) })).items).toHaveLength(2);
    const { state, items, warnings } = await bring({ source: source(emulator) });
    expect({ state, items }).toEqual({ state: 'completed', items: [] });
    expect(warnings).toMatchObject([{ code: 'nothing-to-import' }]);
  });

  test('no file at all is the verdict of the provider, with an item for each', async () => {
    const { emulator, sluice } = await connect({ twelvelabs: atLeast(5.5) });
    await fill(emulator, { short: 2, broken: 2 });
    const job = await sluice.import({ source: source(emulator) });
    await expect(job.wait({ timeoutMs: 40_000 })).rejects.toMatchObject({
      code: 'source-unreachable',
      message: expect.stringMatching(/none of the 4 files was imported: .*too short.*not a readable video/),
    });
    expect(job.snapshot.items.map(({ ref }) => ref).sort()).toEqual([
      'broken/0.mp4',
      'broken/1.mp4',
      'short/0.m4a',
      'short/1.m4a',
    ]);
  });

  test('files that failed before, once they are to be tried again', async () => {
    const { emulator, bring } = await connect();
    await fill(emulator, { fine: 1, broken: 1 });
    await bring({ source: source(emulator) });
    expect((await bring({ source: source(emulator) })).items).toEqual([]);
    const again = bring({ source: source(emulator), options: { twelvelabs: { retry_failed: true } } });
    await expect(again).rejects.toMatchObject({ message: expect.stringContaining('none of the 1 files') });
  });

  test('outcomes show while others are still on their way', async () => {
    const pace = { validatingMs: 0, pendingMs: 0, queuedMs: 0, indexingMs: 0, apartMs: 400 };
    const { emulator, sluice } = await connect({ twelvelabs: { pace } });
    await fill(emulator, { fine: 4 });
    const job = await sluice.import({ source: source(emulator) });
    const seen: string[] = [];
    for await (const event of job.events())
      if (event.type === 'progress') seen.push(`${event.progress.done}/${event.progress.total}`);
    expect(seen.slice(-3)).toEqual(['1/4', '2/4', '3/4']);
    expect(job.snapshot.state).toBe('completed');
  });
});

describe('one import at a time', () => {
  const pace = { validatingMs: 150, pendingMs: 0, queuedMs: 0, indexingMs: 0, apartMs: 0 };

  test('jobs for one integration queue up behind each other, and none overlaps another', async () => {
    const { emulator, bring } = await connect({ twelvelabs: { pace } });
    await fill(emulator, { fine: 2 });
    const all = { twelvelabs: { incremental_import: false } };
    const done = await Promise.all([1, 2, 3].map(() => bring({ source: source(emulator), options: all })));
    expect(done.map(({ state, items }) => [state, items.length])).toEqual(Array(3).fill(['completed', 2]));
    expect(emulator.twelvelabs.counts()).toMatchObject({ import: 3, importsStarted: 3, refusedBusy: 0 });
    const spans = emulator.twelvelabs
      .transfers()
      .map(({ createdAt, endedAt }) => [createdAt, endedAt ?? Number.POSITIVE_INFINITY] as const);
    for (const [index, [began]] of spans.entries()) expect(began).toBeGreaterThanOrEqual(spans[index - 1]?.[1] ?? 0);
  });

  test('behind an import of somebody else too, and the job says what it waits for', async () => {
    const { emulator, sluice } = await connect({ twelvelabs: { pace: { ...pace, validatingMs: 1_000 } } });
    await fill(emulator, { fine: 1 });
    const { baseUrl, apiKey, integrationId, indexId } = emulator.twelvelabs;
    const { transfers } = new TwelvelabsApiClient({ environment: baseUrl, apiKey }).tasks;
    await transfers.create(integrationId, { indexId });
    const job = await sluice.import({
      source: source(emulator),
      options: { twelvelabs: { incremental_import: false } },
    });
    const waits: unknown[] = [];
    const finished = job.wait({ timeoutMs: 30_000 });
    for await (const event of job.events()) if (event.type === 'waiting') waits.push(event);
    expect((await finished).state).toBe('completed');
    expect(waits).toContainEqual(
      expect.objectContaining({
        what: 'provider',
        why: expect.stringContaining('one import of an integration at a time'),
      }),
    );
    expect(emulator.twelvelabs.counts()).toMatchObject({ import: 2, refusedBusy: 0 });
  });

  test('a start that is refused because somebody was quicker waits and goes again', async () => {
    const { emulator, bring } = await connect({ faults: [{ on: 'import', kind: 'concurrency', times: 1 }] });
    await fill(emulator, { fine: 1 });
    expect((await bring({ source: source(emulator) })).state).toBe('completed');
    expect(emulator.twelvelabs.counts()).toMatchObject({ import: 2, importsStarted: 1 });
  });
});

describe('a start whose answer is lost', () => {
  test.each(['lost-answer', 'reset-after', 'error-504', 'not-json', 'cut-body'] as const)(
    '%s: the import is found in the logs, with every file, and not started twice',
    async (kind) => {
      const { emulator, bring } = await connect({
        faults: [{ on: 'import', kind, times: 1, skip: 1 }],
        twelvelabs: atLeast(5.5),
      });
      await fill(emulator, { fine: 3 });
      await bring({ source: source(emulator) });
      // Times of the provider come in whole seconds.
      emulator.clock.advance(2_000);
      await fill(emulator, { fine: 6, short: 2, broken: 1 });
      const { state, items } = await bring({ source: source(emulator) });
      expect(state).toBe('completed');
      const named = ['broken/0.mp4', 'fine/3.mp4', 'fine/4.mp4', 'fine/5.mp4', 'short/0.m4a', 'short/1.m4a'];
      expect(items.map(({ ref }) => ref).sort()).toEqual(named);
      expect(items.filter(({ ok }) => ok)).toHaveLength(3);
      expect(emulator.twelvelabs.counts()).toMatchObject({ import: 2, importsStarted: 2 });
    },
  );
});

describe('what is refused', () => {
  test.each([404, 410] as const)('the import was withdrawn (%i): the error names the other way', async (withdrawn) => {
    const { emulator, bring } = await connect({ twelvelabs: { withdrawn } });
    await expect(bring({ source: source(emulator) })).rejects.toMatchObject({
      code: 'unsupported',
      retry: 'never',
      message: expect.stringMatching(/withdrawn by the provider.*by its URL, or from bytes/s),
    });
  });

  test.each([
    [{ user_metadata: { tags: ['a'] } }, /user_metadata\.tags: .*convert your data into string values/],
    [{ user_metadata: { nested: { a: 1 } } }, /user_metadata\.nested: .*convert your data into string values/],
    [{ user_metadata: { duration: 5 } }, /user_metadata\.duration: .*cannot be overridden/],
    [{ index: 'x' }, /options\.twelvelabs\.index/],
    [{ incremental_import: 'yes' }, /options\.twelvelabs\.incremental_import/],
  ])('%j, before any call', async (options, message) => {
    const { emulator, sluice } = await connect();
    const request = { source: source(emulator), options: { twelvelabs: options } };
    // @ts-expect-error options that the types refuse too
    await expect(sluice.import(request)).rejects.toMatchObject({
      code: 'invalid-request',
      message: expect.stringMatching(message),
    });
    expect(emulator.twelvelabs.requests()).toEqual([]);
  });
});
