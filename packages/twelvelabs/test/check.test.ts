import { createSluice, type ImportRequest, integration } from '@sluice/core';
import { describe, expect, test } from 'vitest';
import { type TwelvelabsSettings, twelvelabs } from '../src/index.js';
import { brokenRules, publicPrerequisites } from '../src/prerequisites.js';

const url = 'https://example.com/videos/clip.mp4';

/** What a plan finds, as `severity field`. */
async function problemsOf(request: ImportRequest, settings: Partial<TwelvelabsSettings> = {}): Promise<string[]> {
  const sluice = createSluice({
    providers: { search: twelvelabs({ apiKey: 'tlk_0123456789', indexId: 'index', ...settings }) },
  });
  const { problems } = await sluice.plan(request);
  await sluice.close();
  return problems.map(({ severity, field }) => `${severity} ${field}`);
}

describe('a request', () => {
  test.each<[string, ImportRequest, string[]]>([
    ['that is fine', { source: url, name: 'clip', metadata: { campaign: 'summer', year: 2026 } }, []],
    [
      'with options of integrations for a URL',
      { source: url, options: { twelvelabs: { incremental_import: false, retry_failed: true } } },
      ['warning options.twelvelabs.incremental_import', 'warning options.twelvelabs.retry_failed'],
    ],
    [
      'with options of assets for an integration, and a name',
      {
        source: integration('i'),
        name: 'all',
        options: { twelvelabs: { enable_video_stream: true, enable_hls: true } },
      },
      ['warning name', 'warning options.twelvelabs.enable_video_stream', 'warning options.twelvelabs.enable_hls'],
    ],
    [
      'with metadata that TwelveLabs cannot keep',
      { source: url, metadata: { list: ['a'], nothing: null } },
      ['warning metadata.list', 'warning metadata.nothing'],
    ],
    ['with metadata of its own keys', { source: url, metadata: { duration: 5 } }, ['error metadata.duration']],
    [
      'for a URL that is too large',
      { source: url, expect: { size: 4_000_000_001 } },
      ['error source.size', 'error source.size'],
    ],
    [
      'with fields that it does not honour',
      { source: url, metadata: { title: 'A', tags: ['a'] }, priority: 1 },
      ['warning metadata.title', 'warning metadata.tags', 'warning priority'],
    ],
  ])('%s', async (_what, request, expected) => {
    expect((await problemsOf(request)).sort()).toEqual(expected.sort());
  });

  test('needs an index from an integration, and is warned without one from a URL', async () => {
    const settings = { indexId: undefined };
    expect(await problemsOf({ source: integration('i') }, settings)).toEqual(['error options.twelvelabs.index_id']);
    expect(await problemsOf({ source: url }, settings)).toEqual(['warning options.twelvelabs.index_id']);
  });

  test('is held against the keys that the settings reserve', async () => {
    const request = { source: url, options: { twelvelabs: { user_metadata: { duration: 1, mine: 2 } } } };
    expect(await problemsOf(request, { reservedMetadata: ['mine'] })).toEqual([
      'error options.twelvelabs.user_metadata.mine',
    ]);
  });
});

describe('prerequisites', () => {
  const fine = { durationSeconds: 60, width: 1_920, height: 1_080 };

  test.each([
    ['nothing that is known', {}, []],
    ['a usual video', { media: fine, size: 2_000_000_000 }, []],
    ['the same upright', { media: { ...fine, width: 1_080, height: 1_920 } }, []],
    ['a short one', { media: { ...fine, durationSeconds: 3.9 } }, ['source.duration']],
    ['two hours', { media: { ...fine, durationSeconds: 7_200 } }, []],
    ['more', { media: { ...fine, durationSeconds: 7_201 } }, ['source.duration']],
    ['a small one', { media: { ...fine, width: 640, height: 359 } }, ['source.resolution']],
    ['a large one', { media: { ...fine, width: 3_841, height: 2_160 } }, ['source.resolution']],
    ['a wide one', { media: { ...fine, width: 2_000, height: 800 } }, ['source.aspect']],
    ['a heavy one', { media: fine, size: 2_000_000_001 }, ['source.size']],
    [
      'one that breaks several',
      { media: { ...fine, durationSeconds: 1, width: 100 } },
      ['source.duration', 'source.resolution', 'source.aspect'],
    ],
  ])('%s', (_what, file, fields) => {
    expect(brokenRules(file, ['marengo'], publicPrerequisites).map(({ field }) => field)).toEqual(fields);
  });

  test('what all models of an index take is taken', () => {
    const file = { media: { ...fine, durationSeconds: 4_000 } };
    expect(brokenRules(file, ['marengo'], publicPrerequisites)).toEqual([]);
    expect(brokenRules(file, ['marengo', 'pegasus'], publicPrerequisites)).toMatchObject([
      { message: expect.stringContaining('pegasus') },
    ]);
    expect(brokenRules(file, ['unknown'], publicPrerequisites)).toEqual([]);
  });
});
