import type { Adapter } from '../model/define-adapter.js';
import type { Authorize, HttpCall } from '../model/http.js';
import { callsOver } from '../wire/call-fetch.js';
import { createHttp } from '../wire/http.js';
import type { AdapterSubject } from './adapter-subject.js';
import { scriptedHttp } from './scripted-http.js';
import { VirtualClock } from './virtual-clock.js';

/** The adapter, its authorization answered by a script of its own. */
export interface ScriptedAuthorization {
  adapter: Adapter;
  /** The calls for it, in the adapter's words. */
  readonly calls: readonly HttpCall[];
  /** The headers that came of it, the latest last. */
  readonly headers: readonly Record<string, string>[];
}

/** What fetches an authorization does so aside: the answers of a case are to the calls that it is about. */
export function scriptAuthorization(subject: AdapterSubject): ScriptedAuthorization {
  const calls: HttpCall[] = [];
  const headers: Record<string, string>[] = [];
  const { authorized } = subject.samples;
  const { fetch } = scriptedHttp(() => authorized ?? { failure: 'refused' });
  const create = (settings: unknown) => {
    const members = subject.adapter.create(settings);
    const { authorize, ...wire } = members.wire;
    if (authorize === undefined) return members;
    const http = createHttp({
      provider: subject.adapter.name,
      wire,
      fetch: callsOver(fetch),
      clock: new VirtualClock(),
      timeoutMs: 30_000,
      secrets: [],
      signal: new AbortController().signal,
    });
    const call = (one: HttpCall) => {
      calls.push(one);
      return http.call(one);
    };
    const scripted: Authorize = async (context) => {
      const given = await authorize({ ...context, http: { call } });
      headers.push(given);
      return given;
    };
    return { ...members, wire: { ...wire, authorize: scripted } };
  };
  return { adapter: { ...subject.adapter, create }, calls, headers };
}
