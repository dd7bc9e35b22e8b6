import { describe, expect, it } from 'vitest';
import { checkItems } from '../../src/engine/verify.js';
import type { ReportedItem } from '../../src/model/item.js';
import type { Expect } from '../../src/model/request.js';
import { makeClient, source } from '../support/client.js';

const sha256 = 'ab'.repeat(32);
const size = 1_234;

/** A source of that many bytes, told by HEAD, by a range, or not at all; and what was asked of it. */
function mediaOf(bytes: number, tells: 'head' | 'range' | 'never' | 'compressed' = 'head') {
  const asked: string[] = [];
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const headers = new Headers(init?.headers);
    asked.push(
      [init?.method, String(input), headers.get('range'), headers.get('authorization')].filter(Boolean).join(' '),
    );
    if (tells === 'never') return new Response(null, { status: 405 });
    if (tells === 'compressed') {
      return new Response(null, { headers: { 'content-length': '77', 'content-encoding': 'gzip' } });
    }
    if (init?.method === 'HEAD') {
      return tells === 'head'
        ? new Response(null, { headers: { 'content-length': String(bytes) } })
        : new Response(null, { status: 403 });
    }
    if (bytes === 0) return new Response(null, { status: 416, headers: { 'content-range': 'bytes */0' } });
    return new Response('x', { status: 206, headers: { 'content-range': `bytes 0-0/${bytes}` } });
  };
  return { fetch, asked };
}

/** Imports with an expectation; `items` is what the provider reports in the end. */
async function importWith(options: {
  expect: Expect;
  items?: ReportedItem[];
  media?: ReturnType<typeof mediaOf>;
  url?: string;
  checks?: ('size' | 'sha256')[];
}) {
  let starts = 0;
  const client = makeClient(
    {
      capabilities: { checks: options.checks ?? ['size', 'sha256'] },
      members: {
        start: async () => {
          starts += 1;
          return { ref: 'r1', snapshot: { state: 'completed', rawState: 'done', items: options.items ?? [] } };
        },
      },
    },
    { fetch: (options.media ?? mediaOf(size)).fetch },
  );
  const job = await client.clock.run(client.sluice.import({ source: options.url ?? source, expect: options.expect }));
  return { snapshot: job.snapshot, job, record: client.record, starts: () => starts };
}

function asset(fields: { size?: number; sha256?: string }, of: 'source' | 'rendition'): ReportedItem {
  return { ok: true, ref: 'clip', asset: { id: 'a1', ...fields }, of: { size: of, sha256: of } };
}

describe('before the start', () => {
  it('a source of another size is refused, and nothing is sent', async () => {
    const { snapshot, job, starts } = await importWith({ expect: { size: 99 } });
    expect(snapshot).toMatchObject({
      state: 'failed',
      error: {
        code: 'integrity',
        retry: 'never',
        message: 'acme: the source has 1234 bytes, expected 99; nothing was sent',
      },
    });
    expect(starts()).toBe(0);
    expect(() => job.assertAll()).toThrow('1 of 1 items failed');
  });

  it.each(['head', 'range'] as const)('a size is told by %s', async (tells) => {
    const media = mediaOf(size, tells);
    const { snapshot } = await importWith({ expect: { size }, media, items: [asset({}, 'rendition')] });
    expect(snapshot.state).toBe('completed');
    expect(snapshot.items[0]).toMatchObject({ checks: { size: { outcome: 'match', expected: size, actual: size } } });
    expect(media.asked.at(-1)).toBe(tells === 'head' ? `HEAD ${source}` : `GET ${source} bytes=0-0`);
  });

  it('an empty source is a size too', async () => {
    const { snapshot } = await importWith({ expect: { size: 5 }, media: mediaOf(0, 'range') });
    expect(snapshot.error?.message).toContain('the source has 0 bytes, expected 5');
  });

  it('the source’s own credentials are used, in UTF-8 and however they are escaped', async () => {
    const media = mediaOf(size);
    await importWith({ expect: { size }, media, url: 'https://k%C3%A4the:100%@media.example/clip.mp4' });
    const basic = Buffer.from('käthe:100%').toString('base64');
    expect(media.asked).toEqual([`HEAD https://media.example/clip.mp4 Basic ${basic}`]);
  });

  it.each([
    ['cannot be read', mediaOf(size, 'never'), 'https://media.example/clip.mp4 cannot be read (HTTP 405)'],
    ['compresses its answers', mediaOf(size, 'compressed'), 'the source does not tell its size'],
    [
      'redirects elsewhere',
      redirecting('file:///etc/passwd'),
      'https://media.example/clip.mp4 redirects to no http URL',
    ],
    ['redirects to nothing', redirecting('http://['), 'https://media.example/clip.mp4 redirects to no http URL'],
    ['redirects for ever', redirecting('/again'), 'https://media.example/clip.mp4 redirects more than 5 times'],
  ])('a size is a warning when the source %s', async (_what, media, why) => {
    const { snapshot } = await importWith({ expect: { size }, media, items: [asset({}, 'rendition')] });
    expect(snapshot.state).toBe('completed');
    expect(snapshot.warnings).toContainEqual({
      code: 'size-unseen',
      message: `expect.size was not held against the source before the start: ${why}`,
    });
    expect(snapshot.warnings.map(({ code }) => code)).toEqual(['size-unseen', 'unchecked']);
  });

  it('a size is a warning when the source is no http URL', async () => {
    const { snapshot } = await importWith({ expect: { size }, url: 'ftp://media.example/clip.mp4' });
    expect(snapshot.warnings[0]?.message).toContain('ftp URLs cannot be read from here; install @sluice/ftp');
  });

  it('is asked for once, however often the start is tried', async () => {
    const media = mediaOf(size);
    let starts = 0;
    const { sluice, clock } = makeClient(
      {
        capabilities: { limits: { starts: { max: 1, windowMs: 60_000 } } },
        members: {
          start: async () => {
            starts += 1;
            return { ref: 'r1', snapshot: { state: 'completed', rawState: 'done' } };
          },
        },
      },
      { fetch: media.fetch },
    );
    await sluice.import({ source });
    const job = await sluice.import({ source, expect: { size } });
    await clock.run(job.wait());
    expect([starts, media.asked.length]).toEqual([2, 1]);
  });
});

describe('after the provider is done', () => {
  it('what it measured of the source is held against what was expected', async () => {
    const { snapshot } = await importWith({
      expect: { size, sha256: sha256.toUpperCase() },
      items: [asset({ size, sha256: sha256.toUpperCase() }, 'source')],
    });
    expect(snapshot.state).toBe('completed');
    expect(snapshot.items[0]).toMatchObject({ checks: { size: { outcome: 'match' }, sha256: { outcome: 'match' } } });
    expect(snapshot.warnings).toEqual([]);
  });

  it.each([
    ['size', { size: size + 1, sha256 }],
    ['sha256', { size, sha256: 'cd'.repeat(32) }],
  ])('a mismatch of %s is always a failure', async (measure, fields) => {
    const { snapshot } = await importWith({ expect: { size, sha256 }, items: [asset(fields, 'source')] });
    expect(snapshot).toMatchObject({
      state: 'failed',
      phase: 'verify',
      error: { code: 'integrity', retry: 'never', message: expect.stringContaining(`acme: ${measure}: expected`) },
      items: [{ ok: false, error: { code: 'integrity' } }],
    });
  });

  it('what it measured is held against what was measured here, also where nobody asked', async () => {
    const { job, record } = await importWith({ expect: {} });
    const measured = { ...(await record(job.id)), measured: { size } };
    const verified = (actual: number) => checkItems(measured, [asset({ size: actual }, 'source')], { name: 'acme' });
    expect(verified(size).items).toMatchObject([{ ok: true, checks: { size: { outcome: 'match' } } }]);
    expect(verified(size + 1).error).toMatchObject({
      code: 'integrity',
      message: `acme: size: expected ${size}, but ${size + 1} arrived`,
    });
  });

  it('keeps what the import did under its name', async () => {
    const { snapshot } = await importWith({
      expect: {},
      items: [{ ok: true, ref: 'clip', outcome: 'replaced', asset: { id: 'a1' } }],
    });
    expect(snapshot.items[0]).toMatchObject({ ok: true, outcome: 'replaced' });
  });

  it('what it measured of a rendition says nothing of the source', async () => {
    const { snapshot } = await importWith({
      expect: { sha256 },
      items: [asset({ size: 5, sha256: 'cd'.repeat(32) }, 'rendition')],
    });
    expect(snapshot.state).toBe('completed');
    expect(snapshot.items[0]).toMatchObject({ checks: { sha256: { outcome: 'unchecked', expected: sha256 } } });
    expect(snapshot.warnings).toMatchObject([{ code: 'unchecked', message: expect.stringContaining('expect.sha256') }]);
  });

  it.each([
    ['reports no measure', [asset({}, 'rendition')]],
    ['reports no item at all', []],
  ])('unchecked is a failure where that was asked, when the provider %s', async (_what, items) => {
    const { snapshot } = await importWith({ expect: { sha256, unchecked: 'fail' }, items });
    expect(snapshot).toMatchObject({ state: 'failed', error: { code: 'integrity' } });
    const lenient = await importWith({ expect: { sha256 }, items });
    expect(lenient.snapshot).toMatchObject({ state: 'completed', warnings: [{ code: 'unchecked' }] });
  });

  it('an adapter that could never check it is refused before anything is paid for', async () => {
    const strict = importWith({ expect: { sha256, unchecked: 'fail' }, checks: ['size'] });
    await expect(strict).rejects.toMatchObject({
      code: 'invalid-request',
      message: expect.stringMatching(/^expect\.sha256: nova does not measure/),
    });
  });

  it('says the same thing of a thousand items once', async () => {
    const items = Array.from({ length: 1_000 }, () => asset({}, 'rendition'));
    const { snapshot } = await importWith({ expect: { sha256 }, items });
    expect(snapshot.warnings).toHaveLength(1);
  });

  it('without expectations nothing is checked, warned of or failed', async () => {
    const { snapshot, job } = await importWith({
      expect: {},
      items: [asset({ size: 7 }, 'source'), { ok: false, ref: 'b.mp4', message: 'broken file' }],
    });
    expect(snapshot).toMatchObject({ state: 'completed', warnings: [] });
    expect(snapshot.items).toMatchObject([
      { ok: true, checks: { size: { outcome: 'unchecked', actual: 7 }, sha256: { outcome: 'unchecked' } } },
      { ok: false, ref: 'b.mp4', error: { message: 'acme: broken file' } },
    ]);
    expect(() => job.assertAll()).toThrow('1 of 2 items failed; the first, b.mp4: acme: broken file');
  });
});

function redirecting(location: string): ReturnType<typeof mediaOf> {
  return { asked: [], fetch: async () => new Response(null, { status: 302, headers: { location } }) };
}
