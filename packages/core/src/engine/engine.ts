import { createBytePlane, createCalls, createFetch, createReadHttp, createResolve } from '#platform';
import type { ConfiguredStaging, StagingContext } from '../model/define-staging.js';
import { SluiceError } from '../model/error.js';
import { findSecrets } from '../model/redact.js';
import { type BytePlane, leastBytesPerSecond } from '../platform/byte-plane.js';
import type { Store } from '../store/contract.js';
import { memoryStore } from '../store/memory.js';
import { assertPublicHost } from '../wire/address.js';
import { type CallFetch, callsOver } from '../wire/call-fetch.js';
import { type Clock, systemClock } from '../wire/clock.js';
import { httpSource } from '../wire/http-source/http-source.js';
import { overFetch } from '../wire/http-source/over-fetch.js';
import { Bus } from './bus.js';
import { parsePublicUrl } from './callback.js';
import { newId } from './ids.js';
import { LeaseKeeper } from './lease-keeper.js';
import { configureProviders, type Provider } from './providers.js';
import type { LogEntry, SluiceOptions } from './sluice.js';
import { Sources } from './sources.js';
import { Turnstile } from './turnstile.js';
import type { ByteInputs } from './upload/source-bytes.js';

/** Everything that a step works with: one per client. */
export interface Engine {
  store: Store;
  clock: Clock;
  /** This process's name as a holder of leases. */
  holder: string;
  providers: Map<string, Provider>;
  bus: Bus;
  leases: LeaseKeeper;
  /** For `baseUrl`s, which are configured and hence trusted. */
  callFetch: CallFetch;
  /** What can be read from here. */
  sources: Sources;
  /** The bucket through which bytes reach providers that take URLs only. */
  staging: ConfiguredStaging | undefined;
  /** What its calls are given. */
  stagingContext(signal: AbortSignal): StagingContext;
  /** The same for what is taken away after a job: it goes on while the job stops, but not for ever. */
  patientStaging(): StagingContext;
  /** For the bytes of uploads. */
  bytePlane: BytePlane;
  /** The bytes that only this process can open. */
  byteInputs: ByteInputs;
  /** So many uploads at once: more would only share the same line. */
  transfers: Turnstile;
  /** Where providers reach this side from outside; absent where nobody said. */
  publicUrl: string | undefined;
  /** Absent when nobody listens: then nothing is put into words. */
  log: ((entry: LogEntry) => void) | undefined;
  /** Tells this process that a slot of a lane is free again, or that it is known now when its window opens. */
  roomMade(lane: string, what: 'slot' | 'window'): void;
  /** @returns what ends the subscription */
  onRoomMade(listener: (lane: string, what: 'slot' | 'window') => void): () => void;
  closeFetches(): Promise<void>;
}

const transfersAtOnce = 4;
/** For the head of one answer of a source, in milliseconds. */
const sourceTimeoutMs = 30_000;
/** Longer than this nobody waits for a bucket that does not answer while something is taken away, in milliseconds. */
const stagingPatienceMs = 15_000;

/** @throws SluiceError `invalid-request` for settings that break a rule */
export function createEngine(options: Omit<SluiceOptions, 'default'> & { default?: string }): Engine {
  const credentials = options.credentials ?? {};
  const providers = configureProviders(
    options.providers,
    findSecrets({ credentials, staging: options.staging?.settings }),
  );
  if (options.default !== undefined && !providers.has(options.default)) {
    throw new SluiceError({
      code: 'invalid-request',
      message: `default: "${options.default}" is not configured; configured: ${[...providers.keys()].join(', ')}`,
    });
  }
  const clock = options.clock ?? systemClock;
  const store = options.store ?? memoryStore();
  const { allowPrivateAddresses = false, bytesPerSecond, comparePartMd5, ...network } = options.network ?? {};
  assertCeiling(bytesPerSecond);
  const trusted = createFetch({ ...network, guarded: false });
  const guarded = allowPrivateAddresses ? trusted : createFetch({ ...network, guarded: true });
  const calls = createCalls(network, trusted.fetch);
  const bytePlane = createBytePlane({ ...network, bytesPerSecond, comparePartMd5 });
  const guardedOrOwn = guardedFetch(options, guarded.fetch);
  const overGuarded = overFetch(guardedOrOwn);
  // What an application fetches with is to see all that is fetched.
  const read =
    options.fetch === undefined
      ? createReadHttp({ ...network, guarded: !allowPrivateAddresses }, overGuarded)
      : overGuarded;
  const roomListeners = new Set<Parameters<Engine['onRoomMade']>[0]>();
  const stagingContext = (signal: AbortSignal): StagingContext => ({
    fetch: trusted.fetch,
    signal,
    now: () => clock.now(),
  });
  return {
    store,
    clock,
    holder: newId('holder', clock.now()),
    providers,
    bus: new Bus(),
    leases: new LeaseKeeper(store, clock),
    callFetch: options.fetch === undefined ? calls.fetch : callsOver(options.fetch),
    staging: options.staging,
    stagingContext,
    patientStaging: () => stagingContext(AbortSignal.timeout(stagingPatienceMs)),
    sources: new Sources({
      sources: [httpSource({ fetch: overGuarded, timeoutMs: sourceTimeoutMs, clock }), ...(options.sources ?? [])],
      credentials,
      context: { resolve: createResolve({ guarded: !allowPrivateAddresses }), fetch: guardedOrOwn, read, network },
    }),
    bytePlane,
    byteInputs: new Map(),
    transfers: new Turnstile(transfersAtOnce),
    publicUrl: options.webhooks === undefined ? undefined : parsePublicUrl(options.webhooks.publicUrl),
    log: options.log,
    roomMade: (lane, what) => {
      for (const listener of roomListeners) listener(lane, what);
    },
    onRoomMade: (listener) => {
      roomListeners.add(listener);
      return () => void roomListeners.delete(listener);
    },
    closeFetches: async () => {
      await Promise.all([calls.close(), trusted.close(), guarded.close(), bytePlane.close()]);
    },
  };
}

function assertCeiling(bytesPerSecond: number | undefined): void {
  if (bytesPerSecond === undefined || bytesPerSecond >= leastBytesPerSecond) return;
  const message = `network.bytesPerSecond: must be at least ${leastBytesPerSecond}`;
  throw new SluiceError({ code: 'invalid-request', message });
}

/** A fetch of the application's own cannot be told how to look up names, but where a literal address leads is plain to see. */
function guardedFetch({ fetch: own, network }: Pick<SluiceOptions, 'fetch' | 'network'>, platform: typeof fetch) {
  if (own === undefined || network?.allowPrivateAddresses === true) return own ?? platform;
  const guarded: typeof fetch = async (input, init) => {
    assertPublicHost(new URL(input instanceof Request ? input.url : input).hostname);
    return own(input, init);
  };
  return guarded;
}
