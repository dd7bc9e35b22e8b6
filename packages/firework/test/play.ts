import { createSluice, type ImportRequest, type ImportSnapshot, SluiceError } from '@sluice/core';
import type {
  AdapterContext,
  AdapterMembers,
  AdapterRequest,
  HttpAnswer,
  HttpCall,
  JsonValue,
  Source,
} from '@sluice/core/adapter';
import { type ScriptedAnswer, type SentRequest, scriptedHttp, VirtualClock } from '@sluice/core/testing';
import { type FireworkSettings, firework } from '../src/index.js';
import type { ParsedOptions } from '../src/options.js';
import { accepted, completed, token } from './samples.js';

export const credentials = { clientId: 'client-0123', clientSecret: 'client-secret-0123' };
export const channelId = 'X6Xqd6W';
export const mebibyte = 1024 * 1024;
export const url = 'https://example.com/videos/demo.mp4';

/** What the scripted Firework answers: to each kind of call in its order, the last answer again and again. */
export interface Script {
  tokens?: ScriptedAnswer[];
  creates?: ScriptedAnswer[];
  rest?: ScriptedAnswer[];
}

type Kind = keyof Script;

function kindOf({ method, path }: SentRequest): Kind {
  if (path === '/oauth/token') return 'tokens';
  return method === 'POST' && path === '/api/v1/videos' ? 'creates' : 'rest';
}

/** A client of a scripted Firework, and what was sent to it by the kind of call. */
export function clientOf(script: Script, settings: Partial<FireworkSettings> & { timeoutMs?: number } = {}) {
  const answers = { tokens: [token], creates: [accepted], rest: [{ json: completed }], ...script };
  const sent: Record<Kind, SentRequest[]> = { tokens: [], creates: [], rest: [] };
  const http = scriptedHttp((request) => {
    const kind = kindOf(request);
    sent[kind].push(request);
    return answers[kind][Math.min(sent[kind].length, answers[kind].length) - 1] ?? { failure: 'reset' };
  });
  const clock = new VirtualClock();
  const providers = { shop: firework({ ...credentials, channelId, ...settings }) };
  return { sluice: createSluice({ providers, fetch: http.fetch, clock }), sent, clock };
}

/** Imports and waits for the end, however it is. */
export async function play(
  script: Script,
  request: Partial<ImportRequest> = {},
  settings: Partial<FireworkSettings> & { timeoutMs?: number } = {},
): Promise<{ snapshot: ImportSnapshot; error: SluiceError | undefined; sent: ReturnType<typeof clientOf>['sent'] }> {
  const { sluice, sent } = clientOf(script, settings);
  try {
    const job = await sluice.import({ source: url, ...request });
    const error = await job.wait().then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (error !== undefined && !SluiceError.is(error)) throw error;
    return { snapshot: job.snapshot, error, sent };
  } finally {
    await sluice.close();
  }
}

/** A file as a record has it. */
export function fileOf(path: string, size: number): Source {
  return { kind: 'file', path, size, modifiedAt: 0 };
}

/** A request as the adapter sees it. */
export function requestOf(change: Partial<AdapterRequest<ParsedOptions>> = {}): AdapterRequest<ParsedOptions> {
  return {
    source: { kind: 'url', url },
    id: 'job-1',
    name: 'videos/demo.mp4',
    nameGiven: false,
    options: {},
    ...change,
  };
}

/** The adapter's members, made anew. */
export function membersOf(settings: Partial<FireworkSettings> = {}) {
  const members: AdapterMembers<ParsedOptions> = firework.adapter.create({ ...credentials, channelId, ...settings });
  const { upload } = members;
  if (upload === undefined) throw new Error('the adapter takes bytes');
  return { ...members, upload };
}

/** A context whose calls are answered with `json`, and the calls in the adapter's own words. */
export function contextOf(json: JsonValue, status = 201): { context: AdapterContext; calls: HttpCall[] } {
  const calls: HttpCall[] = [];
  const answer: HttpAnswer = {
    status,
    header: () => undefined,
    text: JSON.stringify(json),
    parse: (schema) => schema.parse(json),
  };
  const call = async (one: HttpCall) => {
    calls.push(one);
    return answer;
  };
  const { signal } = new AbortController();
  return { context: { http: { call }, signal, key: 'key-1', now: () => 0, log: () => undefined }, calls };
}
