import { join, resolve } from 'node:path';
import { defineStore } from '@sluice/core/adapter';
import * as z from 'zod';
import { SqliteStore } from './sqlite-store.js';

const settings = z.strictObject({
  path: z.string().min(1).optional(),
  busyTimeoutMs: z.int().min(0).default(10_000),
});

/** Settings of {@link sqlite}. */
export interface SqliteSettings {
  /**
   * The file. A relative path counts from the configuration's folder, or else from the working directory. Default: `jobs.db` in
   * the state folder, or else in the working directory.
   */
  path?: string;
  /** How long another process may keep the file locked before an operation fails. Milliseconds, default 10,000. */
  busyTimeoutMs?: number;
}

/** Keeps jobs in a SQLite file, so that they outlive the process and any process on the machine can go on with them. */
export const sqlite = defineStore({
  name: 'sqlite',
  settings,
  open: ({ path, busyTimeoutMs }, place) =>
    new SqliteStore({
      path:
        path === undefined
          ? join(place?.stateDirectory ?? process.cwd(), 'jobs.db')
          : resolve(place?.directory ?? process.cwd(), path),
      busyTimeoutMs,
    }),
});
