import type { ImportItem, ImportSnapshot } from '@sluice/core';
import { describe, expect, it } from 'vitest';
import { eventLine, jobLine } from '../../src/output/job-line.js';
import { renderResult } from '../../src/output/result.js';
import { makeStyle } from '../../src/output/style.js';
import { arrived, now, snapshot } from './snapshots.js';

const lost: ImportItem = {
  ok: false,
  ref: 'b.mov',
  error: { code: 'protocol', message: 'no video in it', retry: 'never' },
};

function render(given: ImportSnapshot): string[] {
  return renderResult(given, { style: makeStyle(false), now });
}

describe('the result for a person', () => {
  it('tells all that is known of what arrived', () => {
    const completed = snapshot({
      state: 'completed',
      phase: 'verify',
      completedAt: new Date(now).toISOString(),
      items: [arrived()],
      cost: { amount: 1, unit: 'credits' },
      warnings: [{ code: 'ignored', message: 'priority: left out' }],
    });
    expect(render(completed)).toEqual([
      '✓ clip.mp4',
      '  asset     abc',
      '  url       https://cdn.example/abc.mp4?signature=shown',
      '  size      5.2 MB (5,242,880 bytes)',
      '  duration  5:14',
      '  expires   2026-03-08T12:00:00.000Z (in 7 days)',
      '  checks    size matches · sha-256 not checked',
      '  cost      1 credit',
      '  warning   priority: left out',
      '  source    https://example.com/clip.mp4?…',
      '  job       job_1 · importly · took 7 s',
    ]);
  });

  it('tells an error once, and what to do next', () => {
    const error = { code: 'quota', message: 'out of credits', retry: 'later', requestId: 'r-1' } as const;
    const failed = snapshot({ state: 'failed', error, items: [{ ok: false, ref: 'abc', error }] });
    expect(render(failed).slice(0, 4)).toEqual([
      '✗ clip.mp4  failed',
      '  error     quota: out of credits',
      '  request   r-1',
      '  next      once the cause is mended: sluice retry job_1',
    ]);
  });

  it.each([
    ['unknown', 'never', /look at the provider first.* only if not: sluice retry job_1 --even-unknown/],
    ['invalid-request', 'never', /will not help/],
    ['unavailable', 'exhausted', /later: sluice retry job_1/],
  ] as const)('says what to do after %s', (code, retry, next) => {
    expect(render(snapshot({ state: 'failed', error: { code, message: 'm', retry } })).join('\n')).toMatch(next);
  });

  it('tells each file of several', () => {
    const partly = snapshot({ state: 'completed', items: [arrived(), lost] });
    const lines = render(partly);
    expect(lines[0]).toBe('! clip.mp4  1 of 2 failed');
    expect(lines).toContain('  ✓ abc');
    expect(lines).toContain('  ✗ b.mov');
    expect(lines).toContain('    error     protocol: no video in it');
  });

  it('tells a job that is alive as it stands', () => {
    expect(render(snapshot())[0]).toBe('… clip.mp4  provider: importing');
    expect(render(snapshot()).at(-1)).toBe('  job       job_1 · importly · since 7 s');
  });
});

describe('the lines for a program', () => {
  it('end with one of exactly this shape', () => {
    const completed = snapshot({
      state: 'completed',
      rawState: 'completed',
      items: [arrived(), lost],
      cost: { amount: 1, unit: 'c' },
    });
    expect(jobLine(completed)).toEqual({
      type: 'job',
      job: {
        id: 'job_1',
        provider: 'importly',
        state: 'completed',
        rawState: 'completed',
        items: [
          {
            ok: true,
            ref: 'abc',
            asset: {
              id: 'abc',
              url: 'https://cdn.example/abc.mp4?signature=shown',
              size: 5_242_880,
              sha256: null,
              durationSeconds: 314,
              expiresAt: '2026-03-08T12:00:00.000Z',
            },
            checks: { size: { outcome: 'match' }, sha256: { outcome: 'unchecked' } },
          },
          { ok: false, ref: 'b.mov', error: { code: 'protocol', message: 'no video in it', retry: 'never' } },
        ],
        warnings: [],
        error: null,
      },
    });
  });

  it('name their type and their job', () => {
    const error = { code: 'unavailable', message: 'HTTP 502', retry: 'later' } as const;
    const now = snapshot();
    expect(eventLine({ type: 'state', job: 'j', state: 'running', phase: 'provider' }, now)).toEqual({
      ...{ type: 'state', job: 'j', state: 'running', phase: 'provider', rawState: null },
    });
    expect(eventLine({ type: 'progress', job: 'j', progress: { done: 4, unit: 'percent' } }, now)).toEqual({
      ...{ type: 'progress', job: 'j', progress: { done: 4, unit: 'percent' } },
    });
    expect(eventLine({ type: 'warning', job: 'j', warning: { code: 'c', message: 'm' } }, now)).toEqual({
      ...{ type: 'warning', job: 'j', warning: { code: 'c', message: 'm' } },
    });
    expect(eventLine({ type: 'retry', job: 'j', error, retryAt: 't' }, now)).toEqual({
      type: 'retry',
      job: 'j',
      error,
      retryAt: 't',
    });
    expect(eventLine({ type: 'waiting', job: 'j', what: 'slot' }, now)).toEqual({
      ...{ type: 'state', job: 'j', state: 'running', phase: 'provider', rawState: 'importing' },
      waitingFor: { what: 'slot', until: null },
    });
    expect(eventLine({ type: 'job', job: 'j', snapshot: now }, now)).toBeUndefined();
  });
});
