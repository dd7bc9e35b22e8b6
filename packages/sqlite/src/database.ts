import { SluiceError } from '@sluice/core/adapter';
import type LibsqlDatabase from 'libsql';

/** What a column can hold. */
export type SqlValue = string | number | null | Uint8Array;

/** One row, by the names of its columns. */
export type Row = Readonly<Record<string, unknown>>;

/** The little of SQLite that the store needs, the same from whichever library it comes. All of it is synchronous. */
export interface Database {
  /** Runs statements without values. */
  exec(sql: string): void;
  /** @returns how many rows it changed */
  run(sql: string, ...values: SqlValue[]): number;
  /** The first row. */
  get(sql: string, ...values: SqlValue[]): Row | undefined;
  all(sql: string, ...values: SqlValue[]): Row[];
  close(): void;
}

/** Opens the file with Node's own SQLite where it has one (from 22.13 on), else with libsql. */
export async function openDatabase(path: string): Promise<Database> {
  return openOwn(path) ?? openLibsql(path);
}

interface OwnStatement {
  run(...values: SqlValue[]): { changes: number | bigint };
  get(...values: SqlValue[]): Row | undefined;
  all(...values: SqlValue[]): Row[];
}

interface OwnDatabase {
  exec(sql: string): void;
  prepare(sql: string): OwnStatement;
  close(): void;
}

interface OwnSqlite {
  DatabaseSync: new (path: string) => OwnDatabase;
}

function openOwn(path: string): Database | undefined {
  const sqlite = ownSqlite();
  if (sqlite === undefined) return undefined;
  const database = new sqlite.DatabaseSync(path);
  const prepare = cached((sql) => database.prepare(sql));
  return {
    exec: (sql) => database.exec(sql),
    run: (sql, ...values) => Number(prepare(sql).run(...values).changes),
    get: (sql, ...values) => prepare(sql).get(...values),
    all: (sql, ...values) => prepare(sql).all(...values),
    close: () => database.close(),
  };
}

/** Node warns when its SQLite is loaded, on the standard error of every application that uses it: it is tested here instead. */
function ownSqlite(): OwnSqlite | undefined {
  const warn = process.emitWarning;
  process.emitWarning = () => undefined;
  try {
    const loaded: unknown = process.getBuiltinModule('node:sqlite');
    return isSqlite(loaded) ? loaded : undefined;
  } finally {
    process.emitWarning = warn;
  }
}

function isSqlite(loaded: unknown): loaded is OwnSqlite {
  return typeof loaded === 'object' && loaded !== null && 'DatabaseSync' in loaded;
}

async function openLibsql(path: string): Promise<Database> {
  const Libsql = await loadLibsql();
  const database = new Libsql(path);
  const prepare = cached((sql) => database.prepare(sql));
  return {
    exec: (sql) => {
      database.exec(sql);
    },
    // Always one array: a single value that is null or bytes would be taken for named values, and ends the process.
    run: (sql, ...values) => prepare(sql).run(values).changes,
    get: (sql, ...values) => {
      const row = prepare(sql).get(values);
      return isRow(row) ? row : undefined;
    },
    all: (sql, ...values) => prepare(sql).all(values).filter(isRow),
    close: () => {
      database.close();
    },
  };
}

async function loadLibsql(): Promise<typeof LibsqlDatabase> {
  try {
    return (await import('libsql')).default;
  } catch (cause) {
    throw new SluiceError({
      code: 'unsupported',
      message: `Node ${process.versions.node} has no SQLite of its own: npm install libsql, or use Node 22.13 or newer`,
      cause,
    });
  }
}

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null;
}

function cached<Statement>(prepare: (sql: string) => Statement): (sql: string) => Statement {
  const statements = new Map<string, Statement>();
  return (sql) => {
    let statement = statements.get(sql);
    if (statement === undefined) {
      statement = prepare(sql);
      statements.set(sql, statement);
    }
    return statement;
  };
}
