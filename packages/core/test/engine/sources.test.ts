import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { AdapterRequest } from '../../src/model/adapter.js';
import type { OpenBytes } from '../../src/model/bytes.js';
import { defineSource, type SourceMembers } from '../../src/model/define-source.js';
import { SluiceError } from '../../src/model/error.js';
import { splitRecord } from '../../src/store/secrets.js';
import { completed, running, started } from '../support/acme.js';
import { makeClient } from '../support/client.js';

const content = new TextEncoder().encode('the bytes of a film');
const sha256 = createHash('sha256').update(content).digest('hex');

function opened(bytes: Uint8Array): OpenBytes {
  return {
    size: bytes.byteLength,
    fingerprint: 'one',
    seekable: true,
    read: async (target, position) => {
      const stretch = bytes.subarray(position, position + target.byteLength);
      target.set(stretch);
      return stretch.byteLength;
    },
    look: async () => ({ size: bytes.byteLength, fingerprint: 'one' }),
    close: async () => undefined,
  };
}

/** An ftp server of so many bytes, and every URL that was asked for. */
function shelf(members: Partial<SourceMembers> = {}) {
  const urls: string[] = [];
  const source = defineSource({
    name: 'shelf',
    schemes: ['ftp'],
    settings: z.object({}),
    create: () => ({
      look: async (url) => {
        urls.push(url);
        return { size: content.byteLength, fingerprint: 'one' };
      },
      open: async (url) => {
        urls.push(url);
        return opened(content);
      },
      ...members,
    }),
  });
  return { source: source(), urls };
}

/** A provider that fetches ftp URLs itself and wants to know their size. */
function client(members: Partial<SourceMembers> = {}) {
  const { source, urls } = shelf(members);
  const seen: AdapterRequest[] = [];
  const made = makeClient(
    {
      capabilities: { url: { schemes: ['ftp'] }, needs: ['size'], checks: ['size', 'sha256'] },
      members: {
        start: async (request) => {
          seen.push(request);
          return started('r1');
        },
      },
    },
    { sources: [source], credentials: { 'ftp://files.example/films': { username: 'me', password: 'pass word%1' } } },
  );
  return { ...made, urls, seen };
}

const url = 'ftp://files.example/films/clip.mp4';

describe('the size that a provider must know', () => {
  it('is found at the source where the request does not say it', async () => {
    const { sluice, seen, record } = client();
    const job = await sluice.import({ source: url });
    expect(seen[0]).toMatchObject({ size: content.byteLength });
    expect(await record(job.id)).toMatchObject({ measured: { size: content.byteLength } });
  });

  it('is shown by a plan', async () => {
    const { sluice } = client();
    expect(await sluice.plan({ source: url })).toMatchObject({ size: content.byteLength, problems: [] });
  });

  it('that nobody tells is an error that says what to give, with nothing sent', async () => {
    const { sluice, seen } = client({ look: async () => ({ fingerprint: 'one' }) });
    const job = await sluice.import({ source: url });
    expect(job.snapshot.error).toMatchObject({
      code: 'invalid-request',
      message: expect.stringContaining('expect.size'),
    });
    const { problems } = await sluice.plan({ source: url });
    expect(problems).toEqual([expect.objectContaining({ severity: 'error', field: 'expect.size' })]);
    expect(seen).toEqual([]);
  });

  it('does not help where the source can never be read: the plan names the source', async () => {
    const look = () =>
      Promise.reject(new SluiceError({ code: 'source-unreachable', retry: 'never', message: 'private' }));
    const { sluice } = client({ look });
    const { problems } = await sluice.plan({ source: url });
    expect(problems).toEqual([expect.objectContaining({ field: 'source', message: 'private' })]);
  });

  it('is asked for again where the source is only away for a while, with nothing sent', async () => {
    let looks = 0;
    const look = async () => {
      looks += 1;
      if (looks < 3) throw new SluiceError({ code: 'source-unreachable', message: 'away', retry: 'later' });
      return { size: content.byteLength, fingerprint: 'one' };
    };
    const { sluice, seen, clock } = client({ look });
    const job = await sluice.import({ source: url });
    expect(job.snapshot.waitingFor).toMatchObject({ what: 'retry' });
    await clock.run(job.wait());
    expect([looks, seen.length]).toEqual([3, 1]);
  });

  it('is not asked for longer than the job may take', async () => {
    const look = async () => {
      throw new SluiceError({ code: 'source-unreachable', message: 'away', retry: 'later' });
    };
    const { sluice, clock } = client({ look });
    const job = await sluice.import({ source: url, deadlineMs: 3_600_000 });
    await expect(clock.run(job.wait())).rejects.toMatchObject({ code: 'source-unreachable', retry: 'exhausted' });
  });

  it('as expected goes before, where the source cannot be read from here', async () => {
    const look = async () => {
      throw new SluiceError({ code: 'source-unreachable', message: 'no route to files.example' });
    };
    const { sluice, seen } = client({ look });
    const job = await sluice.import({ source: url, expect: { size: 7 } });
    expect(seen[0]).toMatchObject({ size: 7 });
    expect(job.snapshot.warnings[0]?.message).toContain('no route to files.example');
  });
});

describe('a sha-256 to be computed', () => {
  it('is taken from the source before the start, given to the provider, and held against what arrived', async () => {
    const { sluice, seen, clock } = makeClientThatMeasures(sha256);
    const job = await sluice.import({ source: url, expect: { sha256: 'compute' } });
    expect(seen[0]).toMatchObject({ sha256, size: content.byteLength, expect: { sha256 } });
    const { items } = await clock.run(job.wait());
    expect(items[0]).toMatchObject({ ok: true, checks: { sha256: { outcome: 'match', expected: sha256 } } });
  });

  it('that the provider measures otherwise is an integrity error', async () => {
    const { sluice, clock } = makeClientThatMeasures('0'.repeat(64));
    const job = await sluice.import({ source: url, expect: { sha256: 'compute' } });
    await expect(clock.run(job.wait())).rejects.toMatchObject({ code: 'integrity' });
  });

  it('is tried again when the source breaks, and fails when it is gone', async () => {
    let opens = 0;
    const { sluice } = client({
      open: async () => {
        opens += 1;
        const retry = opens === 1 ? 'later' : 'never';
        throw new SluiceError({ code: 'source-unreachable', message: 'broken', retry });
      },
    });
    const job = await sluice.import({ source: url, expect: { sha256: 'compute' } });
    expect(job.snapshot.waitingFor).toMatchObject({ what: 'retry' });
    await job.refresh();
    expect(job.snapshot).toMatchObject({ state: 'failed', error: { code: 'source-unreachable' } });
  });
});

describe('credentials by origin', () => {
  it('are added where the source is read and where the provider fetches it, and stand in nothing that is kept or shown', async () => {
    const { sluice, urls, seen, record, log } = client();
    const job = await sluice.import({ source: url });
    const full = 'ftp://me:pass%20word%251@files.example/films/clip.mp4';
    expect(urls).toEqual([full]);
    expect(seen[0]?.source).toEqual({ kind: 'url', url: full });
    const kept = await record(job.id);
    expect(kept.request?.source).toEqual({ kind: 'url', url });
    expect(JSON.stringify([splitRecord(kept).open, job.snapshot, log])).not.toMatch(/pass.{1,5}word/);
  });

  it('are left out for other paths, other hosts, and URLs that have their own', async () => {
    const { sluice, urls } = client();
    for (const other of [
      'ftp://files.example/other/clip.mp4',
      'ftp://files.example/films2/clip.mp4',
      'ftp://files.example:2121/films/clip.mp4',
      'ftp://you:other@files.example/films/clip.mp4',
    ]) {
      await sluice.import({ source: other });
      expect(urls.at(-1)).toBe(other);
    }
  });

  it('that a provider quotes are redacted', async () => {
    const { sluice } = makeClient(
      { members: { status: async () => running('fetching with pass-word-1') } },
      { credentials: { 'ftp://files.example': { username: 'me', password: 'pass-word-1' } } },
    );
    const job = await sluice.import({ source: 'https://media.example/clip.mp4' });
    await job.refresh();
    expect(job.snapshot.rawState).toBe('fetching with ***');
  });

  it('under what is no origin are refused', () => {
    const credentials = { 'files.example': { username: 'me', password: 'secret' } };
    expect(() => makeClient({}, { credentials })).toThrow('credentials: "files.example" must be a scheme and a host');
  });
});

function makeClientThatMeasures(digest: string) {
  const { source } = shelf();
  const seen: AdapterRequest[] = [];
  const item = { ok: true, ref: 'clip', asset: { id: 'a1', sha256: digest }, of: { sha256: 'source' } } as const;
  const made = makeClient(
    {
      capabilities: { url: { schemes: ['ftp'] }, checks: ['sha256'] },
      members: {
        start: async (request) => {
          seen.push(request);
          return started('r1');
        },
        status: async () => ({ ...completed, items: [item] }),
      },
    },
    { sources: [source] },
  );
  return { ...made, seen };
}
