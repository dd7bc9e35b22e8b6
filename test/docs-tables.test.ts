import type {
  ErrorCode,
  ErrorFields,
  ImportEvent,
  ImportPlan,
  ImportRequest,
  ImportSnapshot,
  JobState,
  Phase,
} from '@sluice/core';
import {
  type AdapterContext,
  type AdapterMembers,
  type Asset,
  capabilitiesSchema,
  commonSettingsSchema,
} from '@sluice/core/adapter';
import { importly } from '@sluice/importly';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { pageAt, tableBelow } from './markdown.js';

type All<Key extends string> = Record<Key, true>;

/** The first column below a heading; a cell may name several, with commas between. */
function namesBelow(path: string, heading: string): string[] {
  return tableBelow(pageAt(path), heading)
    .flatMap((row) => (Object.values(row)[0] ?? '').split(', '))
    .sort();
}

/** Where a page lists what a type has: the compiler sees that the list here is whole. */
const lists: [path: string, heading: string, names: Record<string, true>][] = [
  [
    'docs/request.md',
    '# Request',
    {
      ...{ source: true, provider: true, name: true, key: true, expect: true, metadata: true, priority: true },
      ...{ ifExists: true, route: true, verify: true, options: true, deadlineMs: true },
    } satisfies All<keyof ImportRequest>,
  ],
  [
    'docs/request.md',
    '## Look before you import',
    {
      ...{ provider: true, adapter: true, name: true, source: true, lane: true, route: true, checks: true },
      ...{ traffic: true, problems: true, size: true, media: true, probe: true },
    } satisfies All<keyof ImportPlan>,
  ],
  [
    'docs/snapshot.md',
    '# Snapshot',
    {
      ...{ id: true, key: true, provider: true, adapter: true, name: true, source: true, state: true, phase: true },
      ...{ rawState: true, unmapped: true, progress: true, items: true, warnings: true, error: true, cost: true },
      ...{ waitingFor: true, createdAt: true, updatedAt: true, startedAt: true, completedAt: true },
    } satisfies All<keyof ImportSnapshot>,
  ],
  [
    'docs/item.md',
    '## Asset',
    {
      ...{
        id: true,
        url: true,
        size: true,
        sha256: true,
        durationSeconds: true,
        title: true,
        expiresAt: true,
        raw: true,
      },
    } satisfies All<keyof Asset>,
  ],
  [
    'docs/events.md',
    '# Events',
    { state: true, progress: true, warning: true, waiting: true, retry: true, job: true } satisfies All<
      ImportEvent['type']
    >,
  ],
  [
    'docs/errors.md',
    '# Errors',
    {
      ...{ code: true, message: true, retry: true, provider: true, providerCode: true, status: true, requestId: true },
      ...{ retryAfterMs: true, ambiguous: true, cause: true },
    } satisfies All<keyof ErrorFields | 'cause'>,
  ],
  [
    'docs/errors.md',
    '## Codes',
    {
      ...{ 'invalid-request': true, unsupported: true, auth: true, 'not-found': true, conflict: true, quota: true },
      ...{ 'rate-limited': true, unavailable: true, 'source-unreachable': true, integrity: true, stalled: true },
      ...{ timeout: true, aborted: true, protocol: true, unknown: true },
    } satisfies All<ErrorCode>,
  ],
  [
    'docs/states.md',
    '# States and phases',
    { queued: true, running: true, completed: true, failed: true, canceled: true } satisfies All<JobState>,
  ],
  ['docs/states.md', '## Phases', { prepare: true, transfer: true, provider: true, verify: true } satisfies All<Phase>],
];

describe('the tables of the pages', () => {
  it.each(lists)('name all there is: %s, "%s"', (path, heading, names) => {
    expect(namesBelow(path, heading)).toEqual(Object.keys(names).sort());
  });

  it('name every setting that all providers take', () => {
    const named = namesBelow('docs/provider.md', '## Settings that every provider takes');
    expect(named).toEqual(Object.keys(commonSettingsSchema.shape).sort());
  });

  it('name every member of an adapter, and all that its context has', () => {
    const members = {
      ...{
        wire: true,
        account: true,
        start: true,
        status: true,
        ready: true,
        before: true,
        effects: true,
        recover: true,
      },
      ...{ cancel: true, check: true, lane: true, limitsIn: true, place: true, upload: true, calls: true, probe: true },
      webhook: true,
    } satisfies All<keyof AdapterMembers>;
    const context = {
      ...{
        http: true,
        signal: true,
        key: true,
        memo: true,
        callbackUrl: true,
        before: true,
        evidence: true,
        now: true,
      },
      log: true,
    } satisfies All<keyof AdapterContext>;
    const bare = (heading: string) =>
      tableBelow(pageAt('docs/adapter.md'), heading)
        .flatMap((row) => (Object.values(row)[0] ?? '').replace(/\([^)]*\)|\[[^\]]*\]/g, '').split(', '))
        .sort();
    expect(bare('## Members')).toEqual(Object.keys(members).sort());
    expect(bare('`context` has:')).toEqual(Object.keys(context).sort());
  });

  it('name every capability', () => {
    const shape = Object.keys(capabilitiesSchema.shape).map((name) => (name === 'url' ? 'url.schemes' : name));
    expect(namesBelow('docs/adapter.md', '## Capabilities')).toEqual(shape.sort());
  });
});

describe('the tables of the Importly page', () => {
  const path = 'docs/adapters/importly.md';

  it.each(['videoQuality', 'audioQuality', 'storageClass'])('name every value of %s', (option) => {
    const said = tableBelow(pageAt(path), '## Options').find((row) => row.option === option)?.meaning;
    const { properties } = z.toJSONSchema(importly.adapter.options);
    expect(said?.split(', ')).toEqual(z.object({ enum: z.array(z.string()) }).parse(properties?.[option]).enum);
  });

  it('name every limit', () => {
    const { limits } = importly.adapter.capabilities;
    const said = Object.fromEntries(
      tableBelow(pageAt(path), '## Limits').map(({ limit = '', value }) => [limit, value]),
    );
    const hourly = (limit: { max: number; windowMs: number } | undefined) => {
      expect(limit?.windowMs).toBe(3_600_000);
      return `${limit?.max.toLocaleString('en-US')} in an hour`;
    };
    expect(said).toEqual({
      starts: hourly(limits.starts),
      jobs: `${limits.jobs} at once`,
      statuses: hourly(limits.statuses),
      probes: hourly(limits.probes),
      probesAtOnce: `${limits.probesAtOnce}`,
    });
  });

  it('name every storage class on the page of the bucket', () => {
    const named = tableBelow(pageAt('docs/importly-s3-storage.md'), '## Storage classes').map(
      (row) => row.storageClass,
    );
    const { properties } = z.toJSONSchema(importly.adapter.options);
    expect(named).toEqual(z.object({ enum: z.array(z.string()) }).parse(properties?.storageClass).enum);
  });
});
