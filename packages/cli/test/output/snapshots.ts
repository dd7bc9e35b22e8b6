import type { ImportItem, ImportSnapshot } from '@sluice/core';

/** A moment that all tests of the display agree on. */
export const now = Date.parse('2026-03-01T12:00:00.000Z');

/** A running job, seven seconds old. */
export function snapshot(changes: Partial<ImportSnapshot> = {}): ImportSnapshot {
  return {
    id: 'job_1',
    provider: 'importly',
    adapter: 'importly',
    name: 'clip.mp4',
    source: 'https://example.com/clip.mp4?…',
    state: 'running',
    phase: 'provider',
    rawState: 'importing',
    items: [],
    warnings: [],
    createdAt: new Date(now - 7_000).toISOString(),
    updatedAt: new Date(now).toISOString(),
    ...changes,
  };
}

/** An item that arrived. */
export function arrived(): ImportItem {
  return {
    ok: true,
    ref: 'abc',
    asset: {
      id: 'abc',
      url: 'https://cdn.example/abc.mp4?signature=shown',
      size: 5_242_880,
      durationSeconds: 314,
      expiresAt: new Date(now + 7 * 86_400_000).toISOString(),
      raw: { secret: 'raw' },
    },
    checks: {
      size: { outcome: 'match', expected: 5_242_880, actual: 5_242_880 },
      sha256: { outcome: 'unchecked', expected: 'ab' },
    },
  };
}
