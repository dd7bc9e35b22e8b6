import type { ConfiguredStaging } from '../model/define-staging.js';
import { toSluiceError } from '../model/error.js';
import { isFinal } from '../model/record.js';
import { findSecrets, redactText } from '../model/redact.js';
import type { Swept } from '../store/contract.js';
import type { Engine } from './engine.js';
import { jobOfStaged } from './upload/target.js';

const dayMs = 24 * 3_600_000;

/** What {@link Sluice.gc} may take away. */
export interface GcOptions {
  /** Only what was left so long ago, in milliseconds. Default 24 hours. */
  olderThanMs?: number;
  /** Say what would be taken away, and leave it. */
  dryRun?: boolean;
  signal?: AbortSignal;
}

/** Something in the staging bucket that no job needs any more. */
export interface Stray {
  what: 'object' | 'upload';
  /** As the bucket has it. */
  name: string;
  /** Bytes; absent for an upload that was never completed. */
  size?: number;
  /** Since when it stands there, ISO 8601. */
  since: string;
  /** Why it is still there; absent where it was taken away. */
  error?: string;
}

/** What {@link Sluice.gc} found. */
export interface Collected {
  strays: Stray[];
  /** What was forgotten in the store; absent in a dry run. */
  swept?: Swept;
  /** Why the bucket could not be looked through. */
  problems: string[];
}

/**
 * Takes away what was left and nobody will ask for: in the store, and in the staging bucket what belongs to no job that goes on here.
 */
export async function collect(engine: Engine, options: GcOptions & { signal: AbortSignal }): Promise<Collected> {
  const { olderThanMs = dayMs, dryRun = false } = options;
  const before = engine.clock.now() - olderThanMs;
  const collected: Collected = { strays: [], problems: [] };
  if (!dryRun) collected.swept = await engine.store.sweep(before);
  const { staging } = engine;
  if (staging === undefined) return collected;
  const clean = (error: unknown) => redactText(toSluiceError(error).message, findSecrets(staging.settings));
  for (const find of [findObjects, findUploads]) {
    try {
      for await (const found of find(engine, staging, { before, signal: options.signal })) {
        const { remove, ...stray } = found;
        const error = dryRun ? undefined : await remove().then(() => undefined, clean);
        collected.strays.push(error === undefined ? stray : { ...stray, error });
      }
    } catch (error) {
      if (options.signal.aborted) throw error;
      collected.problems.push(clean(error));
    }
  }
  return collected;
}

interface Found extends Stray {
  remove(): Promise<void>;
}

interface Looking {
  /** Epoch milliseconds. */
  before: number;
  signal: AbortSignal;
}

async function* findObjects(
  engine: Engine,
  staging: ConfiguredStaging,
  { before, signal }: Looking,
): AsyncGenerator<Found> {
  const context = engine.stagingContext(signal);
  for await (const { object, name, size, modifiedAt } of staging.objects(context)) {
    if (modifiedAt > before || (await isNeeded(engine, name))) continue;
    const remove = () => staging.remove(object, context);
    yield { what: 'object', name, size, since: new Date(modifiedAt).toISOString(), remove };
  }
}

async function* findUploads(
  engine: Engine,
  staging: ConfiguredStaging,
  { before, signal }: Looking,
): AsyncGenerator<Found> {
  const context = engine.stagingContext(signal);
  for await (const { session, name, startedAt } of staging.openUploads(context)) {
    if (startedAt > before || (await isNeeded(engine, name))) continue;
    const remove = () => staging.abort(session, context);
    yield { what: 'upload', name, since: new Date(startedAt).toISOString(), remove };
  }
}

/** By a job that goes on; or it is not ours: a prefix may be shared, and what nobody of ours has put there stays. */
async function isNeeded({ store }: Engine, name: string): Promise<boolean> {
  const id = jobOfStaged(name);
  if (id === undefined) return true;
  const record = await store.read(id);
  return record !== undefined && !isFinal(record.state);
}
