import { describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../src/database.js';
import { sqlite } from '../src/index.js';
import { migrate, migrations } from '../src/schema.js';
import { makeRecord, scratchPath } from './scratch.js';

async function withDatabase<Result>(path: string, use: (database: Database) => Result): Promise<Result> {
  const database = await openDatabase(path);
  try {
    return use(database);
  } finally {
    database.close();
  }
}

async function newStoreFile(): Promise<string> {
  const path = scratchPath();
  const store = sqlite({ path });
  await store.create(makeRecord('one', { rawState: 'waiting' }));
  await store.close();
  return path;
}

const version = (database: Database) => database.get('PRAGMA user_version')?.user_version;

describe('the schema', () => {
  it('shows the jobs to a person', async () => {
    const path = await newStoreFile();
    const rows = await withDatabase(path, (database) => database.all('SELECT * FROM jobs'));
    expect(rows.map((row) => ({ ...row }))).toEqual([
      {
        id: 'one',
        key: null,
        provider: 'acme',
        state: 'queued',
        phase: 'prepare',
        provider_state: 'waiting',
        name: 'one.mp4',
        source: 'https://example.com/one.mp4',
        error: null,
        created: '2027-01-15T08:00:00.000Z',
        updated: '2027-01-15T08:00:00.000Z',
        due: '2027-01-15T08:00:00.000Z',
      },
    ]);
  });

  it('of an older version is brought to the newest, with everything in it', async () => {
    const path = await newStoreFile();
    const steps = [...migrations, 'ALTER TABLE records ADD COLUMN note TEXT', "UPDATE records SET note = 'new'"];
    await withDatabase(path, (database) => {
      migrate(database, path, steps);
      expect(version(database)).toBe(steps.length);
      expect(database.get('SELECT id, note FROM records')).toMatchObject({ id: 'one', note: 'new' });
      migrate(database, path, steps);
      expect(version(database)).toBe(steps.length);
    });
  });

  it('is left as it was when a step fails', async () => {
    const path = await newStoreFile();
    await withDatabase(path, (database) => {
      const steps = [...migrations, 'CREATE TABLE more (a)', 'SELECT no such thing'];
      expect(() => migrate(database, path, steps)).toThrow();
      expect(version(database)).toBe(migrations.length);
      expect(database.get("SELECT 1 FROM sqlite_master WHERE name = 'more'")).toBeUndefined();
    });
  });

  it('of a newer version is refused', async () => {
    const path = await newStoreFile();
    await withDatabase(path, (database) => migrate(database, path, [...migrations, 'CREATE TABLE more (a)']));
    const store = sqlite({ path });
    await expect(store.read('one')).rejects.toMatchObject({
      code: 'invalid-request',
      message: `${path}: a newer Sluice wrote this file (version 2, this one knows 1); update @sluice/sqlite, or set another "path"`,
    });
  });

  it('of another application is refused and left alone', async () => {
    const path = scratchPath();
    await withDatabase(path, (database) => database.exec('CREATE TABLE theirs (a)'));
    const store = sqlite({ path });
    await expect(store.create(makeRecord('one'))).rejects.toMatchObject({
      code: 'invalid-request',
      message: expect.stringMatching(/belongs to another application/),
    });
    const names = await withDatabase(path, (database) => database.all('SELECT name FROM sqlite_master'));
    expect(names.map(({ name }) => name)).toEqual(['theirs']);
  });
});
