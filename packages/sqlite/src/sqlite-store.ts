import type {
  Admission,
  Admitted,
  Commit,
  Committed,
  JobFilter,
  JobRecord,
  Lease,
  LeaseName,
  LeaseQuery,
  Message,
  PartEntry,
  Reopening,
  Store,
  Swept,
} from '@sluice/core/adapter';
import { commit, reopen } from './commits.js';
import { GroupCommit } from './group-commit.js';
import { claim, post, sweepMessages, writeMessage } from './inbox.js';
import { lease, releaseAll, renew } from './leases.js';
import { admit, freeSlot, hold, settle } from './limits.js';
import { readPage } from './list.js';
import { type OpenFile, openFile, truncateLog } from './opening.js';
import { appendPart, clearParts, readParts, sweepParts } from './parts.js';
import { findByKey, findByRef, findRecord, insertRecord, writeRecord } from './records.js';

/** Where the file is, and how patient its users are. */
export interface SqliteStoreOptions {
  /** Absolute. */
  path: string;
  /** How long another process may keep the file locked before an operation fails. Milliseconds. */
  busyTimeoutMs: number;
}

const tidyEveryMs = 60_000;

/** Jobs in a SQLite file, for any number of processes on one machine. Opens the file when it is first needed. */
export class SqliteStore implements Store {
  readonly #options: SqliteStoreOptions;
  readonly #group: GroupCommit;
  #file: Promise<OpenFile> | undefined;
  #used = false;
  #erased = false;
  #tidiedAt = performance.now();

  constructor(options: SqliteStoreOptions) {
    this.#options = options;
    this.#group = new GroupCommit({
      ...options,
      open: () => this.#open(),
      afterBatch: (file) => this.#tidy(file),
    });
  }

  async create(record: JobRecord): Promise<{ record: JobRecord; created: boolean }> {
    const written = writeRecord(record);
    const { createdAt } = record;
    return this.#group.write((file) => {
      const taken = written.key === null ? undefined : findByKey(file, written.key);
      if (taken !== undefined) return { record: taken, created: false };
      insertRecord(file, written, createdAt);
      if (written.ref !== null) claim(file.database, written, written.ref);
      return { record, created: true };
    });
  }

  read(id: string): Promise<JobRecord | undefined> {
    return this.#group.read((file) => findRecord(file, id));
  }

  readByKey(key: string): Promise<JobRecord | undefined> {
    return this.#group.read((file) => findByKey(file, key));
  }

  readByRef(provider: string, ref: string): Promise<JobRecord | undefined> {
    return this.#group.read((file) => findByRef(file, provider, ref));
  }

  async *list(filter: JobFilter = {}): AsyncIterable<JobRecord> {
    let left = filter.limit ?? Number.POSITIVE_INFINITY;
    let after: number | undefined;
    while (left > 0) {
      const from = after;
      const page = await this.#group.read((file) => readPage(file, filter, from));
      for (const record of page.records.slice(0, left)) yield record;
      left -= page.records.length;
      after = page.after;
      if (after === undefined) return;
    }
  }

  /** A power cut ends every process that holds a lease, so the lease may be forgotten with it. */
  lease(query: LeaseQuery): Promise<Lease[]> {
    return this.#group.writeBriefly((file) => lease(file, query));
  }

  renew(leases: LeaseName[], until: number): Promise<string[]> {
    return this.#group.writeBriefly(({ database }) => renew(database, leases, until));
  }

  async commit(change: Commit): Promise<Committed> {
    const written = writeRecord(change.record);
    const committed = this.#group.write((file) => commit(file, change, written));
    this.#erased ||= written.final;
    return committed;
  }

  async reopen(reopening: Reopening): Promise<boolean> {
    const written = writeRecord(reopening.record);
    return this.#group.write((file) => {
      const reopened = reopen(file, reopening, written);
      if (reopened) clearParts(file.database, written.id);
      return reopened;
    });
  }

  sweep(before: number): Promise<Swept> {
    return this.#group.write(({ database }) => ({
      messages: sweepMessages(database, before),
      parts: sweepParts(database, before),
    }));
  }

  admit(admission: Admission, now: number): Promise<Admitted> {
    return this.#group.write(({ database }) => admit(database, admission, now));
  }

  free(slots: string, holder: string): Promise<void> {
    return this.#group.write(({ database }) => freeSlot(database, slots, holder));
  }

  settle(hits: { window: string; token: string; at: number }[]): Promise<void> {
    return this.#group.write(({ database }) => {
      for (const hit of hits) settle(database, hit);
    });
  }

  hold(window: string, until: number): Promise<void> {
    return this.#group.write(({ database }) => hold(database, window, until));
  }

  async post(message: Message): Promise<boolean> {
    const written = writeMessage(message);
    return this.#group.write((file) => post(file, written));
  }

  appendPart(id: string, part: PartEntry): Promise<void> {
    const copy = { ...part };
    return this.#group.write(({ database }) => appendPart(database, id, copy));
  }

  clearParts(id: string): Promise<void> {
    return this.#group.write(({ database }) => clearParts(database, id));
  }

  parts(id: string): Promise<PartEntry[]> {
    return this.#group.read(({ database }) => readParts(database, id));
  }

  async close(holder?: string): Promise<void> {
    // Who never used the file holds nothing in it.
    if (!this.#used) return;
    try {
      if (holder !== undefined) await this.#group.write(({ database }) => releaseAll(database, holder));
    } finally {
      await this.#closeFile();
    }
  }

  async #closeFile(): Promise<void> {
    await this.#group.idle();
    const file = await this.#file;
    this.#file = undefined;
    if (file === undefined) return;
    truncateLog(file.database);
    file.database.close();
  }

  /** Erased secrets are gone from the file, but not from its log: once in a while it is emptied. */
  #tidy({ database }: OpenFile): void {
    if (!this.#erased || performance.now() < this.#tidiedAt + tidyEveryMs) return;
    this.#erased = false;
    this.#tidiedAt = performance.now();
    truncateLog(database);
  }

  #open(): Promise<OpenFile> {
    this.#file ??= this.#openNow();
    return this.#file;
  }

  async #openNow(): Promise<OpenFile> {
    try {
      const file = await openFile(this.#options.path, this.#options.busyTimeoutMs);
      this.#used = true;
      return file;
    } catch (error) {
      // The next operation tries anew: the fault may have been mended.
      this.#file = undefined;
      throw error;
    }
  }
}
