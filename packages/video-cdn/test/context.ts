import type {
  AdapterContext,
  AdapterMembers,
  AdapterRequest,
  HttpAnswer,
  HttpCall,
  JsonValue,
} from '@sluice/core/adapter';
import { type VideoCdnSettings, videoCdn } from '../src/index.js';
import type { ParsedOptions } from '../src/options.js';
import { settings, sha256, size, source } from './samples.js';

/** The adapter's members, made anew. */
export function membersOf(change: Partial<VideoCdnSettings> = {}): AdapterMembers<ParsedOptions> {
  return videoCdn.adapter.create({ ...settings, ...change });
}

/** A context whose calls are answered with `answer`, as text or as JSON; and the calls in the adapter's own words. */
export function contextOf(answer: JsonValue, known: Partial<AdapterContext> = {}) {
  const calls: HttpCall[] = [];
  const text = typeof answer === 'string' ? answer : JSON.stringify(answer);
  const reply: HttpAnswer = { status: 200, header: () => undefined, text, parse: (schema) => schema.parse(answer) };
  const call = async (one: HttpCall) => {
    calls.push(one);
    return reply;
  };
  const { signal } = new AbortController();
  const context: AdapterContext = {
    http: { call },
    signal,
    key: 'key-1',
    now: () => 1_000_000,
    log: () => undefined,
    ...known,
  };
  return { context, calls };
}

/** A request as the adapter sees it. */
export function requestOf(change: Partial<AdapterRequest<ParsedOptions>> = {}): AdapterRequest<ParsedOptions> {
  const url = { kind: 'url', url: source } as const;
  return { source: url, id: 'job-1', name: 'videos/clip.mp4', nameGiven: false, size, sha256, options: {}, ...change };
}
