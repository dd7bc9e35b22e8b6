import { existsSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { SluiceError } from '@sluice/core';
import { describe, expect, it, vi } from 'vitest';
import { type SqliteSettings, sqlite } from '../src/index.js';
import { makeRecord, scratchFolder } from './scratch.js';

const mode = (path: string) => statSync(path).mode & 0o777;

describe('settings', () => {
  it('touches nothing before the store is used', async () => {
    const folder = scratchFolder();
    const store = sqlite({ path: join(folder, 'sub', 'jobs.db') });
    await store.close('holder');
    expect(existsSync(join(folder, 'sub'))).toBe(false);
  });

  it('counts a relative path from the configuration, keeps an absolute one', async () => {
    const directory = scratchFolder();
    const place = { directory, stateDirectory: join(directory, 'state') };
    for (const path of ['nested/a.db', join(directory, 'b.db')]) {
      const store = sqlite({ path }, place);
      await store.create(makeRecord('one'));
      await store.close();
    }
    expect(existsSync(join(directory, 'nested', 'a.db'))).toBe(true);
    expect(existsSync(join(directory, 'b.db'))).toBe(true);
  });

  it('goes to jobs.db in the state folder, or else in the working directory', async () => {
    const directory = scratchFolder();
    const stateDirectory = join(directory, 'state', 'sluice');
    const store = sqlite({}, { directory, stateDirectory });
    await store.create(makeRecord('one'));
    await store.close();
    expect(existsSync(join(stateDirectory, 'jobs.db'))).toBe(true);
    vi.spyOn(process, 'cwd').mockReturnValue(directory);
    const local = sqlite({});
    await local.create(makeRecord('one'));
    await local.close();
    expect(existsSync(join(directory, 'jobs.db'))).toBe(true);
  });

  it('makes folder and files for their owner alone', async () => {
    const directory = scratchFolder();
    const path = join(directory, 'new', 'deep', 'jobs.db');
    const store = sqlite({ path });
    await store.create(makeRecord('one'));
    expect([mode(join(directory, 'new')), mode(join(directory, 'new', 'deep'))]).toEqual([0o700, 0o700]);
    for (const suffix of ['', '-wal', '-shm', '.key']) expect(mode(path + suffix)).toBe(0o600);
    await store.close();
  });

  it('leaves the mode of a folder that was there', async () => {
    const folder = join(scratchFolder(), 'shared');
    mkdirSync(folder, { mode: 0o755 });
    const store = sqlite({ path: join(folder, 'jobs.db') });
    await store.create(makeRecord('one'));
    await store.close();
    expect(mode(folder)).toBe(0o755);
  });

  it('names a setting that it does not know or that has a wrong value', () => {
    expect(() => sqlite(JSON.parse('{ "pth": "jobs.db" }'))).toThrow(
      /sqlite\.pth: unknown field; known: path, busyTimeoutMs/,
    );
    const empty: SqliteSettings = { path: '' };
    expect(() => sqlite(empty)).toThrow(/sqlite\.path/);
    try {
      sqlite({ busyTimeoutMs: -1 });
      expect.unreachable();
    } catch (error) {
      expect(SluiceError.is(error) && error.code).toBe('invalid-request');
    }
  });
});
