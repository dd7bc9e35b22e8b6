import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JobRecord } from '@sluice/core/adapter';
import { onTestFinished } from 'vitest';

/** A new folder, removed when the test has ended. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-sqlite-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The path of a database that is not there yet. */
export function scratchPath(): string {
  return join(scratchFolder(), 'jobs.db');
}

export const t0 = 1_800_000_000_000;

/** A record that is due, with a secret in its source. */
export function makeRecord(id: string, changes: Partial<JobRecord> = {}): JobRecord {
  return {
    id,
    provider: 'acme',
    adapter: 'acme',
    lane: 'main',
    state: 'queued',
    phase: 'prepare',
    priority: 0,
    createdAt: t0,
    updatedAt: t0,
    dueAt: t0,
    display: { source: `https://example.com/${id}.mp4`, name: `${id}.mp4` },
    request: { source: { kind: 'url', url: `https://user:pass-word@example.com/${id}.mp4?signature=geheim` } },
    items: [],
    warnings: [],
    failures: 0,
    idleLooks: 0,
    ...changes,
  };
}

/** Every byte in the files of a folder, as Latin-1 text. */
export function allBytes(folder: string): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1')).join('\n');
}
