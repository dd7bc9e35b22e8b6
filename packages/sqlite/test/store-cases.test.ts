import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { storeCases } from '@sluice/core/testing';
import { afterAll, describe, it } from 'vitest';
import { sqlite } from '../src/index.js';

const folder = mkdtempSync(join(tmpdir(), 'sluice-sqlite-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the SQLite store', () => {
  let count = 0;
  const path = () => join(folder, `${count}.db`);
  const open = () => {
    count += 1;
    return sqlite({ path: path() });
  };
  for (const { name, run } of storeCases(open, { reopen: () => sqlite({ path: path() }) })) it(name, run);
});
