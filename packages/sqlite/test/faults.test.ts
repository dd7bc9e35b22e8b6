import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../src/database.js';
import { GroupCommit } from '../src/group-commit.js';
import { sqlite } from '../src/index.js';
import { type OpenFile, openFile } from '../src/opening.js';
import { makeRecord, scratchFolder, scratchPath } from './scratch.js';

describe('a fault of the file', () => {
  it('is told when the file is no database', async () => {
    const path = scratchPath();
    writeFileSync(path, 'not a database, but long enough to be looked into. '.repeat(100));
    const store = sqlite({ path });
    await expect(store.read('one')).rejects.toMatchObject({
      code: 'invalid-request',
      message: `${path}: this file is damaged or no SQLite database; put a backup in its place, or move it away to begin anew`,
    });
    await expect(store.close('holder')).resolves.toBeUndefined();
    rmSync(path);
    expect((await store.create(makeRecord('one'))).created).toBe(true);
    await store.close();
  });

  it('is told when the database is damaged', async () => {
    const path = scratchPath();
    const store = sqlite({ path });
    for (let count = 0; count < 50; count += 1) await store.create(makeRecord(`job-${count}`));
    await store.close();
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.fill(0xa5, 4096));
    const damaged = sqlite({ path });
    await expect(damaged.read('job-1')).rejects.toMatchObject({
      message: expect.stringMatching(/^\/.*jobs\.db: this file is damaged/),
    });
    await damaged.close();
  });

  it('is told when the folder cannot be there, or the path is a folder', async () => {
    const folder = scratchFolder();
    writeFileSync(join(folder, 'file'), '');
    mkdirSync(join(folder, 'folder.db'));
    const below = sqlite({ path: join(folder, 'file', 'jobs.db') });
    await expect(below.create(makeRecord('one'))).rejects.toMatchObject({
      code: 'invalid-request',
      message: expect.stringMatching(/file\/jobs\.db: this file or its folder cannot be written; .*"path"/),
    });
    const nowhere = process.platform === 'linux' ? '/proc/nowhere/deeper' : join(folder, 'file', 'deeper');
    await expect(sqlite({ path: join(nowhere, 'jobs.db') }).create(makeRecord('one'))).rejects.toMatchObject({
      code: 'invalid-request',
      message: expect.stringMatching(/deeper\/jobs\.db: this file or its folder cannot be written; .*"path"/),
    });
    const isFolder = sqlite({ path: join(folder, 'folder.db') });
    await expect(isFolder.create(makeRecord('one'))).rejects.toMatchObject({
      code: 'invalid-request',
      message: `${join(folder, 'folder.db')}: this is a folder; set the store's "path" to a file`,
    });
  });

  it('is told when another process keeps the file locked, and ends with the lock', async () => {
    const path = scratchPath();
    const store = sqlite({ path, busyTimeoutMs: 60 });
    await store.create(makeRecord('one'));
    const other = await openDatabase(path);
    other.exec('BEGIN IMMEDIATE');
    const failed = await Promise.allSettled([store.create(makeRecord('two')), store.create(makeRecord('three'))]);
    expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await expect(store.create(makeRecord('two'))).rejects.toMatchObject({
      code: 'unavailable',
      retry: 'later',
      message: expect.stringMatching(/jobs\.db: another process keeps this file locked/),
    });
    expect((await store.read('one'))?.id).toBe('one');
    other.exec('ROLLBACK');
    expect((await store.create(makeRecord('two'))).created).toBe(true);
    other.close();
    await store.close();
  });

  it('that passes is waited for', async () => {
    const path = scratchPath();
    const store = sqlite({ path });
    await store.create(makeRecord('one'));
    const other = await openDatabase(path);
    other.exec('BEGIN IMMEDIATE');
    const waiting = store.create(makeRecord('two'));
    setTimeout(() => other.exec('COMMIT'), 50);
    expect((await waiting).created).toBe(true);
    other.close();
    await store.close();
  });
});

describe('operations of one turn', () => {
  async function openGroup(): Promise<{ group: GroupCommit; file: OpenFile; path: string }> {
    const path = scratchPath();
    const file = await openFile(path, 1_000);
    file.database.exec('CREATE TABLE notes (note TEXT NOT NULL UNIQUE)');
    return { group: new GroupCommit({ path, open: async () => file, busyTimeoutMs: 1_000 }), file, path };
  }

  const add =
    (note: string | null) =>
    ({ database }: OpenFile) =>
      database.run('INSERT INTO notes VALUES (?)', note);

  it('are one transaction, in their order', async () => {
    const { group, file } = await openGroup();
    const seen: unknown[] = [];
    const commits: string[] = [];
    const exec = file.database.exec;
    file.database.exec = (sql) => {
      commits.push(sql);
      exec(sql);
    };
    const count = ({ database }: OpenFile) => database.get('SELECT count(*) AS n FROM notes')?.n;
    await Promise.all([
      group.write(add('a')),
      group.read(count).then((n) => seen.push(n)),
      group.write(add('b')),
      group.read(count).then((n) => seen.push(n)),
    ]);
    expect(seen).toEqual([1, 2]);
    expect(commits).toEqual(['BEGIN IMMEDIATE', 'COMMIT']);
    file.database.close();
  });

  it('wait for the disk unless none of them has to last', async () => {
    const { group, file } = await openGroup();
    const level = () => file.database.get('PRAGMA synchronous')?.synchronous;
    const [normal, full] = [1, 2];
    await Promise.all([group.writeBriefly(add('a')), group.read(() => undefined)]);
    expect(level()).toBe(normal);
    await Promise.all([group.writeBriefly(add('b')), group.write(add('c'))]);
    expect(level()).toBe(full);
    file.database.close();
  });

  it('that fail do not take the others with them', async () => {
    const { group, file } = await openGroup();
    const notes = ['a', null, 'b', 'a', 'c'];
    const results = await Promise.allSettled(notes.map((note) => group.write(add(note))));
    expect(results.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
    const written = file.database.all('SELECT note FROM notes ORDER BY note').map(({ note }) => note);
    expect(written).toEqual(['a', 'b', 'c']);
    file.database.close();
  });

  it('that find the disk full say so; those that fit are saved', async () => {
    const { group, file, path } = await openGroup();
    const pages = Number(file.database.get('PRAGMA page_count')?.page_count);
    file.database.exec(`PRAGMA max_page_count = ${pages + 3}`);
    const results = await Promise.allSettled([group.write(add('small')), group.write(add('x'.repeat(100_000)))]);
    expect(results[0].status).toBe('fulfilled');
    expect(results[1]).toMatchObject({
      status: 'rejected',
      reason: {
        code: 'unavailable',
        message: `${path}: the disk is full, so nothing can be saved; make room, and the jobs go on`,
      },
    });
    file.database.exec('PRAGMA max_page_count = 100000');
    await group.write(add('x'.repeat(100_000)));
    file.database.close();
  });

  it('all fail when the file cannot be opened, and the next ones try again', async () => {
    const { file, path } = await openGroup();
    let tries = 0;
    const open = async () => {
      tries += 1;
      if (tries === 1) throw Object.assign(new Error('EACCES'), { code: 'EACCES' });
      return file;
    };
    const group = new GroupCommit({ path, open, busyTimeoutMs: 0 });
    const failed = await Promise.allSettled([group.write(add('a')), group.write(add('b'))]);
    expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(tries).toBe(1);
    expect(await group.write(add('a'))).toBe(1);
    file.database.close();
  });
});
