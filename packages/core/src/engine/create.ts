import type { ConfiguredAdapter } from '../model/define-adapter.js';
import { SluiceError } from '../model/error.js';
import { isFinal, type JobRecord, snapshotOf } from '../model/record.js';
import { BatchRun } from './batch/batch-run.js';
import { identityOf } from './batch/identity.js';
import { placeOf } from './batch/seen.js';
import { firstRecord } from './callback.js';
import { deferred } from './deferred.js';
import { Driver } from './driver.js';
import { createEngine, type Engine } from './engine.js';
import { collect } from './gc.js';
import { JobHandle } from './handle.js';
import { createHandler } from './handler.js';
import { assertNoErrors, takeIn } from './intake.js';
import { keepBytes } from './keep-bytes.js';
import { keyConflict } from './key-conflict.js';
import { lookIntoSource } from './media/look-into.js';
import { planImport } from './plan.js';
import { providerCalls } from './provider-calls.js';
import { providerInfo } from './providers.js';
import { readJob } from './read-job.js';
import { retryJob } from './retry-job.js';
import { runStore } from './run.js';
import type { ProviderCalls, Sluice, SluiceOptions } from './sluice.js';
import { needsTransfer } from './steps/transfer.js';
import { receiveWebhook } from './webhook.js';

const defaultConcurrency = 64;

/** So long a call that may take minutes is waited for: most of them are answered soon. Milliseconds. */
const longCallMs = 1_000;

/**
 * Makes the client of an application.
 * @throws SluiceError `invalid-request` naming the provider and the setting that breaks a rule
 */
export function createSluice<Providers extends Record<string, ConfiguredAdapter>>(
  options: SluiceOptions<Providers>,
): Sluice<Providers> {
  const { default: preset, concurrency = defaultConcurrency } = options;
  const engine = createEngine(options);
  const driver = new Driver(engine, concurrency);
  const closing = new AbortController();
  const untilClosed = (signal?: AbortSignal) =>
    signal === undefined ? closing.signal : AbortSignal.any([closing.signal, signal]);
  const runs = new Set<Promise<void>>();
  return {
    import: (request) => importOne(engine, driver, { request, preset }),
    batch: (requests, batchOptions = {}) =>
      new BatchRun(engine, driver, {
        requests,
        preset,
        options: { ...batchOptions, signal: untilClosed(batchOptions.signal) },
      }),
    batchIdentity: async (request) => {
      const intake = takeIn(engine, request, preset);
      const { key } = await identityOf(intake);
      const place = placeOf(intake);
      return { ...(key !== undefined && { key }), ...(place !== undefined && { place }) };
    },
    plan: async (request, { probe = false, signal } = {}) => {
      const intake = await lookIntoSource(engine, takeIn(engine, request, preset), request);
      return planImport(engine, intake, { probe, signal: untilClosed(signal) });
    },
    job: async (id) => new JobHandle(engine, driver, await readJob(engine, id)),
    retry: async (id, retryOptions = {}) => new JobHandle(engine, driver, await retryJob(engine, id, retryOptions)),
    gc: ({ signal, ...gcOptions } = {}) => collect(engine, { ...gcOptions, signal: untilClosed(signal) }),
    testStaging: async ({ signal } = {}) => {
      const { staging } = engine;
      if (staging === undefined) return undefined;
      return {
        place: staging.place,
        problems: await staging.test(engine.stagingContext(untilClosed(signal))),
      };
    },
    testBuckets: async function* ({ signal } = {}) {
      for (const { name: provider, buckets } of engine.providers.values()) {
        for (const [id, bucket] of Object.entries(buckets)) {
          const problems = await bucket.test(engine.stagingContext(untilClosed(signal)));
          yield { provider, integration: id, place: bucket.place, problems };
        }
      }
    },
    jobs: async function* (filter) {
      for await (const record of engine.store.list(filter)) yield snapshotOf(record);
    },
    webhook: (provider, request) => receiveWebhook(engine, driver, { provider, request }),
    handler: (handlerOptions = {}) => createHandler(engine, driver, handlerOptions),
    run: async ({ signal, untilIdle = false } = {}) => {
      driver.assertOpen();
      const run = runStore(engine, { signal: untilClosed(signal), untilIdle, concurrency });
      runs.add(run);
      await run.finally(() => runs.delete(run));
    },
    provider: <Name extends keyof Providers & string>(name: Name) =>
      // The adapter's own type, which its definition and its settings carry past the engine.
      providerCalls(engine, name, closing.signal) as ProviderCalls<Providers[Name]>,
    providers: () => [...engine.providers.values()].map((one) => providerInfo(one, preset, engine.providers.size)),
    close: async () => {
      closing.abort(new SluiceError({ code: 'aborted', message: 'the client was closed' }));
      await ended(engine, [driver.close(), ...runs]);
      await engine.store.close(engine.holder);
      await engine.closeFetches();
    },
  };
}

/** Steps end within their grace, unless an adapter does not obey its signal: that keeps nobody from ending in order. */
async function ended({ clock }: Engine, work: Promise<void>[]): Promise<void> {
  const longestMs = 5_000;
  const patience = new AbortController();
  const enough = clock.sleep(longestMs, patience.signal).catch(() => undefined);
  await Promise.race([Promise.allSettled(work), enough]);
  patience.abort();
}

async function importOne(
  engine: Engine,
  driver: Driver,
  { request, preset }: { request: unknown; preset: string | undefined },
) {
  driver.assertOpen();
  const seen = takeIn(engine, request, preset);
  assertNoErrors(seen);
  const intake = await lookIntoSource(engine, seen, request);
  assertNoErrors(intake);
  const { record, created } = await engine.store.create(await firstRecord(engine, intake));
  if (!created) {
    const job = adopted(engine, driver, { record, provider: intake.provider.name });
    // It may have been put off for want of them.
    if (keepBytes(engine, record, request)) void driver.step(record.id, { early: true }).catch(() => undefined);
    return job;
  }
  keepBytes(engine, record, request);
  if (needsTransfer(record)) return sendInBackground(engine, driver, record);
  let latest: JobRecord | undefined;
  const enough = deferred();
  let callOff = () => {};
  const stopListening = engine.bus.listen(record.id, (notice) => {
    if (notice.kind === 'record') latest = notice.record;
    if (notice.kind === 'long-call') callOff = engine.clock.after(longCallMs, enough.resolve);
  });
  const { stepped, release } = driver.drive(record);
  await Promise.race([stepped.then(release), enough.promise]);
  callOff();
  stopListening();
  return new JobHandle(engine, driver, latest ?? (await engine.store.read(record.id)) ?? record);
}

/** An upload may take hours: its job is there at once, to be followed, and goes on until its bytes are where they belong or the client is closed. */
function sendInBackground(engine: Engine, driver: Driver, record: JobRecord): JobHandle {
  const { stepped, release } = driver.drive(record);
  if (record.route === 'put') releaseOnceSent(engine, record, release);
  else void stepped.then(release);
  return new JobHandle(engine, driver, record);
}

/** Of several files each is a step of its own. */
function releaseOnceSent(engine: Engine, { id }: JobRecord, release: () => void): void {
  const stopListening = engine.bus.listen(id, (notice) => {
    const goesOn = notice.kind === 'record' && !isFinal(notice.record.state) && needsTransfer(notice.record);
    if (goesOn || (notice.kind !== 'record' && notice.kind !== 'closed')) return;
    stopListening();
    release();
  });
}

/** The caller's key was there: the same job, not a second one. */
function adopted(engine: Engine, driver: Driver, found: { record: JobRecord; provider: string }): JobHandle {
  if (found.record.provider === found.provider) return new JobHandle(engine, driver, found.record);
  throw keyConflict(found.record, found.provider);
}
