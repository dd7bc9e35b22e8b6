import type { AdapterContext, AdapterRequest } from '../model/adapter.js';
import type { SluiceError } from '../model/error.js';
import type { CallEffect, Http } from '../model/http.js';
import type { JsonObject, JsonValue } from '../model/json.js';
import { isFinal, type JobRecord } from '../model/record.js';
import { redactJson, redactText, urlSecrets } from '../model/redact.js';
import {
  type Admission,
  type Committed,
  type Lease,
  type Message,
  slotsName,
  type WindowHit,
} from '../store/contract.js';
import { jobSecrets } from '../store/secrets.js';
import type { FailureScope } from '../wire/failure.js';
import { createHttp, effectOf, type HttpOptions, unauthorizedHttp } from '../wire/http.js';
import type { Stop } from '../wire/stop.js';
import { adapterRequest } from './adapter-request.js';
import { callbackUrl } from './callback.js';
import type { Engine } from './engine.js';
import { handedUrl } from './handed-url.js';
import { type Hold, lostError } from './lease-keeper.js';
import { type CallKind, windowHit } from './limits.js';
import type { Provider } from './providers.js';
import { redactRecord, redactThrown } from './redact-record.js';
import type { StepSignals } from './step-signals.js';
import { cleanUp, leavesBehind } from './upload/clean-up.js';

/** What is committed besides the record. */
export interface CommitExtras {
  take?: Admission;
  freeSlot?: boolean;
  consumed?: Message[];
}

/** One step of one job under its lease: the record as it stands, and the only ways to change it. */
export class Step {
  readonly engine: Engine;
  readonly provider: Provider;
  readonly messages: Message[];
  readonly signals: StepSignals;
  /** Fences the commits of this step. */
  readonly fence: number;
  record: JobRecord;
  /** A call that counts was about to be sent: what fails from then on may have taken effect. */
  sent = false;
  /** A call that counts was answered well: it took effect, whatever fails from then on. */
  answered = false;
  readonly #hold: Hold;
  readonly #secrets: string[];
  #unsettled: WindowHit[] = [];
  #holds: Promise<void>[] = [];

  constructor(options: { engine: Engine; provider: Provider; lease: Lease; signals: StepSignals; hold: Hold }) {
    this.engine = options.engine;
    this.provider = options.provider;
    this.messages = options.lease.messages;
    this.fence = options.lease.fence;
    this.signals = options.signals;
    this.#hold = options.hold;
    this.record = withEvidence(options.lease);
    this.#secrets = jobSecrets(options.provider, options.lease.record);
  }

  get now(): number {
    return this.engine.clock.now();
  }

  /** Takes everything secret out of a text. */
  redact(text: string): string {
    return redactText(text, this.#secrets);
  }

  /** Takes everything secret out of an error that is to be thrown. */
  redactThrown(error: SluiceError): SluiceError {
    return redactThrown(error, (text) => this.redact(text));
  }

  /** Saves the record and goes on under the lease. `full` leaves everything as it was. */
  async save(record: JobRecord, extras: CommitExtras = {}): Promise<Exclude<Committed, { outcome: 'lost' }>> {
    return this.#commit(record, { ...extras, release: false });
  }

  /** Saves the record as the step's last word and gives the lease back. */
  async finish(record: JobRecord, extras: Omit<CommitExtras, 'take'> = {}): Promise<void> {
    const clean = isFinal(record.state) && leavesBehind(record) ? await cleanUp(this, record) : record;
    await this.#commit(clean, { ...extras, release: true });
    this.engine.leases.drop({ id: record.id, fence: this.fence });
  }

  async #commit(record: JobRecord, extras: CommitExtras & { release: boolean }) {
    if (this.#holds.length > 0) await Promise.all(this.#holds.splice(0));
    const now = this.now;
    const next = redactRecord({ ...record, updatedAt: now }, this.record, (text) => this.redact(text));
    const settle = this.#unsettled.map(({ window, token }) => ({ window, token, at: now }));
    const committed = await this.engine.store.commit({
      lease: { id: record.id, fence: this.fence },
      record: next,
      now,
      ...(extras.take !== undefined && { take: extras.take }),
      ...(settle.length > 0 && { settle }),
      ...(extras.freeSlot === true && { freeSlot: true }),
      ...(extras.consumed !== undefined && { consumed: extras.consumed.map(({ id }) => id) }),
      ...(extras.release && { release: true }),
    });
    if (committed.outcome === 'lost') throw lostError(record.id);
    if (committed.outcome === 'saved') {
      this.#unsettled = [...(extras.take?.hits ?? [])];
      // As the store has it: the inbox holds something new.
      this.record = committed.pending ? { ...next, dueAt: now } : next;
      if (isFinal(next.state) || next.upload?.done === true) this.engine.byteInputs.delete(record.id);
      // Nothing is left to stop: those who let go of the job when they hear of its end would stop it all the same.
      if (extras.release) this.signals.unlink();
      this.engine.bus.tell(record.id, { kind: 'record', record: this.record });
      this.#tellRoom(record, { slot: extras.freeSlot === true, settled: settle.length > 0 });
    }
    return committed;
  }

  /** Asked right before an effect: throws when another process may have the job by now. */
  assertHeld(): void {
    this.#hold.assertHeld();
    this.sent = true;
  }

  /** Tells those who wait how the record would look now, without saving it. */
  show(record: JobRecord): void {
    this.engine.bus.tell(record.id, { kind: 'record', record });
  }

  /** Whom a failure of this step's calls is about. */
  scope(effect: CallEffect): FailureScope {
    return { provider: this.provider.name, effect, secrets: this.#secrets };
  }

  /** The headers that authorize a form to the provider's own API; new ones where `refused` were not taken. */
  async authorization(refused?: Record<string, string>): Promise<Record<string, string>> {
    const http = unauthorizedHttp(this.#httpOptions());
    const { authorize } = this.provider.members.wire;
    return (await authorize?.({ http, now: this.now, ...(refused !== undefined && { refused }) })) ?? {};
  }

  /** Until a call is answered its place in the window is kept for longer than need be: who waits for one can be told now. */
  #tellRoom(record: JobRecord, made: { slot: boolean; settled: boolean }): void {
    const lane = slotsName(this.provider.name, record.lane);
    if (made.slot) this.engine.roomMade(lane, 'slot');
    if (made.settled) this.engine.roomMade(lane, 'window');
  }

  /** What an adapter's member is given for a call of `kind`; without one, for a call that no window counts. */
  context(kind?: CallKind): AdapterContext {
    const { record, engine, signals } = this;
    const callback = engine.publicUrl === undefined ? undefined : callbackUrl(engine.publicUrl, record);
    return Object.assign(new LateSignal(signals.stop), {
      http: this.#http(kind),
      key: record.intent?.key ?? `${record.id}-look`,
      ...(record.memo !== undefined && { memo: record.memo }),
      ...(record.intent?.before !== undefined && { before: record.intent.before }),
      ...(record.evidence !== undefined && { evidence: record.evidence }),
      ...(callback !== undefined && { callbackUrl: callback }),
      now: () => engine.clock.now(),
      log: (message: string, details?: JsonObject) =>
        engine.log?.({
          level: 'debug',
          message: this.redact(`${this.provider.name} ${record.id}: ${message}`),
          ...(details !== undefined && { details: redactJson(details, this.#secrets) }),
        }),
    });
  }

  #httpOptions(): HttpOptions {
    const { engine, provider } = this;
    return {
      provider: provider.name,
      wire: provider.members.wire,
      fetch: engine.callFetch,
      clock: engine.clock,
      timeoutMs: provider.timeoutMs,
      secrets: this.#secrets,
      signal: this.signals.stop,
    };
  }

  #http(kind: CallKind | undefined): Http {
    const { engine, provider, record, signals } = this;
    const { log } = engine;
    const http = createHttp({
      ...this.#httpOptions(),
      effectSignal: signals.stopEffects,
      assertCurrent: () => this.assertHeld(),
      admit: () => this.#admitAgain(kind),
      onRate: ({ retryAfterMs, exhaustedForMs }) => this.#obeyRate(kind, retryAfterMs ?? exhaustedForMs),
      ...(log !== undefined && {
        trace: ({ method, url, attempt, took, outcome }) =>
          log({
            level: 'debug',
            message: `${method} ${url}`,
            details: { provider: provider.name, job: record.id, attempt, took, outcome },
          }),
      }),
    });
    return {
      call: async (call) => {
        if (call.timeoutMs !== undefined && call.timeoutMs > provider.timeoutMs)
          engine.bus.tell(record.id, { kind: 'long-call' });
        const answer = await http.call(call);
        if (effectOf(call) === 'once') this.answered = true;
        return answer;
      },
    };
  }

  async #admitAgain(kind: CallKind | undefined): Promise<boolean> {
    if (kind === undefined) return true;
    const hit = windowHit(this.provider, { lane: this.record.lane, kind, now: this.now });
    if (hit === undefined) return true;
    const admitted = await this.engine.store.admit({ hits: [hit] }, this.now);
    if (admitted.admitted) this.#unsettled.push(hit);
    return admitted.admitted;
  }

  /** The provider named a time: it holds for everybody in the window. */
  #obeyRate(kind: CallKind | undefined, waitMs: number | undefined): void {
    if (kind === undefined) return;
    const hit = windowHit(this.provider, { lane: this.record.lane, kind, now: this.now });
    if (hit === undefined || waitMs === undefined || waitMs <= 0) return;
    const held = this.engine.store.hold(hit.window, this.now + waitMs);
    // The next commit says so; until there is one, nobody else listens.
    held.catch(() => undefined);
    this.#holds.push(held);
  }

  /** The request as it is handed over: where a URL has to be signed for the provider, with that URL, which no text may show. */
  async handedRequest(): Promise<AdapterRequest> {
    const url = await handedUrl(this);
    if (url === undefined) return this.request();
    this.#secrets.push(...urlSecrets(url));
    return { ...this.request(), source: { kind: 'url', url } };
  }

  /** The request as the adapter sees it. */
  request(): AdapterRequest {
    return adapterRequest(this.record, this.provider, this.engine.sources);
  }
}

/**
 * A signal that is made when somebody asks for it, which few adapters do. A class, since an object literal with an accessor has a shape of its
 * own each time, and a shape keeps everything that the accessor can reach until the next full collection.
 */
class LateSignal {
  readonly #stop: Stop;

  constructor(stop: Stop) {
    this.#stop = stop;
  }

  get signal(): AbortSignal {
    return this.#stop.signal;
  }
}

/** What deliveries said is part of the record from here on, whatever the step does. */
function withEvidence({ record, messages }: Lease): JobRecord {
  const said = messages.flatMap(({ kind, body }) => (kind === 'look' ? evidenceIn(body) : []));
  const evidence = said.at(-1);
  return evidence === undefined ? record : { ...record, evidence };
}

function evidenceIn(body: Message['body']): JsonValue[] {
  const holds = typeof body === 'object' && body !== null && !Array.isArray(body);
  return holds && body.evidence !== undefined ? [body.evidence] : [];
}
