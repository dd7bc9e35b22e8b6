import { join } from 'node:path';
import { memoryStore, type Store } from '@sluice/core';

/** The stores that are measured. */
export const storeKinds = ['memory', 'sqlite'] as const;
export type StoreKind = (typeof storeKinds)[number];

/** A new store; what it keeps on disk, it keeps in `folder`. Loads no more than it needs: its memory is measured too. */
export async function openStore(kind: StoreKind, folder: string): Promise<Store> {
  if (kind === 'memory') return memoryStore();
  const { sqlite } = await import('@sluice/sqlite');
  return sqlite({ path: join(folder, 'jobs.db') });
}
