import { createHash } from 'node:crypto';
import { createSluice, type ImportRequest } from '@sluice/core';
import { type Emulator, startEmulator } from '@sluice/emulator';
import { importly } from '@sluice/importly';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pageAt, tableBelow } from './markdown.js';

const prefixes = ['', 'imports'];
const rows = tableBelow(pageAt('docs/importly-s3-storage.md'), '### The naming table');
const emulators = new Map<string, Emulator>();

beforeAll(async () => {
  for (const prefix of prefixes) {
    const settings = { limits: 'none', storage: { prefix }, queuedMs: 0, runningMs: 0 } as const;
    emulators.set(prefix, await startEmulator({ importly: settings, s3: { publicRead: true } }));
  }
});

afterAll(async () => {
  for (const emulator of emulators.values()) await emulator.close();
});

function requestOf(row: Record<string, string>, source: string): ImportRequest {
  const { storagePath, storageFilename, 'name of the request': name } = row;
  return {
    source,
    ...(name && { name }),
    options: {
      importly: {
        store: true,
        storageReturnLocation: true,
        ...(storagePath && { storagePath }),
        ...(storageFilename && { storageFilename }),
      },
    },
  };
}

describe('the naming table of the S3 storage page', () => {
  it('has rows for every prefix', () => {
    expect([...new Set(rows.map((row) => row['Default Path Prefix']))]).toEqual(prefixes);
  });

  it.each(rows.map((row) => [JSON.stringify(row), row] as const))('holds for %s', async (_title, row) => {
    const emulator = emulators.get(row['Default Path Prefix'] ?? '');
    const [sample] = emulator?.media.files ?? [];
    if (emulator === undefined || sample === undefined) throw new Error('no emulator has this prefix');
    const { apiKey, baseUrl } = emulator.importly;
    const sluice = createSluice({ providers: { importly: importly({ apiKey, baseUrl, pollIntervalMs: 20 }) } });
    try {
      const job = await sluice.import(requestOf(row, sample.url));
      const { items, warnings } = await job.wait({ timeoutMs: 40_000 });
      const { endpoint, bucket } = emulator.s3;
      const key = row['key in the bucket'] ?? '';
      const url = `${endpoint}/${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`;
      expect(warnings).toEqual([]);
      expect(items).toMatchObject([{ ok: true, asset: { url, size: sample.size } }]);
      const stored = new Uint8Array(await (await fetch(url)).arrayBuffer());
      expect(createHash('sha256').update(stored).digest('hex')).toBe(sample.sha256);
    } finally {
      await sluice.close();
    }
  });
});
