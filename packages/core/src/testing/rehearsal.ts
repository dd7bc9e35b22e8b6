import { adapterRequest } from '../engine/adapter-request.js';
import { createEngine } from '../engine/engine.js';
import { takeIn } from '../engine/intake.js';
import type {
  AdapterContext,
  AdapterMembers,
  AdapterRequest,
  Problem,
  ProviderSnapshot,
  Started,
} from '../model/adapter.js';
import type { Http, HttpCall } from '../model/http.js';
import type { JsonObject, JsonValue } from '../model/json.js';
import { findSecrets, urlSecrets } from '../model/redact.js';
import type { ImportRequest } from '../model/request.js';
import { jobSecrets } from '../store/secrets.js';
import { callsOver } from '../wire/call-fetch.js';
import { createHttp } from '../wire/http.js';
import type { AdapterSubject } from './adapter-subject.js';
import { type ScriptedAuthorization, scriptAuthorization } from './scripted-authorization.js';
import { type ScriptedAnswer, type ScriptedHttp, scriptedHttp } from './scripted-http.js';
import { VirtualClock } from './virtual-clock.js';
import type { GlobalsWatch } from './watch-globals.js';

/** The id of a job where two rehearsals must be alike. */
export const sampleJobId = 'job-1';

/** The name under which the subject is configured. */
export const providerName = 'subject';

/** What differs from one rehearsal to the next. */
export interface RehearsalOptions {
  settings?: JsonObject;
  request?: ImportRequest;
  key?: string;
  memo?: JsonValue;
  watch?: GlobalsWatch;
}

/** The subject's members, made anew and played once, over the real wire with a scripted other side. */
export class Rehearsal {
  readonly members: AdapterMembers;
  readonly script: ScriptedHttp;
  readonly clock = new VirtualClock();
  /** Every call that the adapter made, in its own words. */
  readonly calls: HttpCall[] = [];
  /** Everything that the adapter said. */
  readonly said: string[] = [];
  readonly request: AdapterRequest;
  readonly problems: Problem[];
  /** The way in which the request's bytes would go, by its name. */
  readonly way: string | undefined;
  readonly authorization: ScriptedAuthorization;
  readonly #settingsSecrets: string[];
  readonly #options: RehearsalOptions;
  readonly #wireSecrets: string[];
  readonly #stop = new AbortController();

  constructor(subject: AdapterSubject, answers: readonly ScriptedAnswer[], options: RehearsalOptions = {}) {
    this.authorization = scriptAuthorization(subject);
    const { adapter } = this.authorization;
    const settings = options.settings ?? subject.settings;
    this.#options = options;
    // The last answer is given again: how often the wire repeats a call is not the adapter's doing.
    this.script = scriptedHttp(
      (_request, number) => answers[Math.min(number, answers.length - 1)] ?? { failure: 'refused' },
    );
    const engine = createEngine({
      providers: { [providerName]: { adapter, settings } },
      clock: this.clock,
      fetch: this.script.fetch,
    });
    const { provider, record, problems, route } = takeIn(engine, options.request ?? subject.request, providerName);
    this.members = provider.members;
    this.problems = problems;
    this.way = route?.way?.name;
    this.request = adapterRequest(record, provider);
    this.#settingsSecrets = [...findSecrets(settings), ...(subject.secrets ?? []), ...sourceSecrets(this.request)];
    this.#wireSecrets = jobSecrets(provider, record);
  }

  /** What must not be seen in anything that the adapter hands out. */
  get secrets(): string[] {
    const tokens = this.authorization.headers.flatMap((headers) => Object.values(headers).map(bare));
    return [...new Set([...this.#settingsSecrets, ...tokens])];
  }

  context(): AdapterContext {
    const { key = 'effect-key-1', memo } = this.#options;
    return {
      http: this.#http(),
      signal: this.#stop.signal,
      key,
      ...(memo !== undefined && { memo }),
      now: () => this.clock.now(),
      log: (message, details) => this.said.push(message, JSON.stringify(details ?? {})),
    };
  }

  start(request: AdapterRequest = this.request): Promise<Started> {
    return this.members.start(request, this.context());
  }

  status(ref: JsonValue): Promise<ProviderSnapshot> {
    return this.members.status(ref, this.context());
  }

  /** Fires the context's signal. */
  abort(): void {
    this.#stop.abort();
  }

  #http(): Http {
    const http = createHttp({
      provider: providerName,
      wire: this.members.wire,
      fetch: callsOver(this.script.fetch),
      clock: this.clock,
      timeoutMs: 30_000,
      secrets: this.#wireSecrets,
      signal: this.#stop.signal,
    });
    const { watch } = this.#options;
    return {
      call: (call) => {
        this.calls.push(call);
        return watch === undefined ? http.call(call) : watch.unwatched(() => http.call(call));
      },
    };
  }
}

/** The value of an authorization header without the word for its kind. */
function bare(value: string): string {
  return value.slice(value.indexOf(' ') + 1);
}

function sourceSecrets({ source }: AdapterRequest): string[] {
  return source.kind === 'url' ? urlSecrets(source.url) : [];
}
