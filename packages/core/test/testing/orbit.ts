import * as z from 'zod';
import type { AdapterContext, AdapterUpload, ProviderSnapshot } from '../../src/model/adapter.js';
import { defineAdapter } from '../../src/model/define-adapter.js';
import { type ErrorCode, SluiceError } from '../../src/model/error.js';
import type { HttpCall } from '../../src/model/http.js';
import type { JsonObject, JsonValue } from '../../src/model/json.js';
import { baseUrlSchema } from '../../src/model/setting-schemas.js';
import type { AdapterSubject } from '../../src/testing/adapter-subject.js';
import type { ScriptedAnswer } from '../../src/testing/scripted-http.js';

/*
 * A provider as unlike the others as can be said: one address for everything, calls signed over their bodies, refusals with a 200, words from a
 * feed that is read from a cursor, and bytes that are counted by their offset, without ETags.
 */

const settings = z.object({
  client: z.string().min(1),
  secret: z.string().min(1),
  baseUrl: baseUrlSchema('https://orbit.example'),
});
const ways = [{ name: 'chunks', shape: 'parts' as const, minBytes: 1, maxBytes: 1_000_000 }];

const codes = new Map<string, ErrorCode>([
  ['THROTTLED', 'rate-limited'],
  ['UNAUTHENTICATED', 'auth'],
]);
const refusedSchema = z.object({ errors: z.array(z.object({ message: z.string(), code: z.string() })).min(1) });

interface Question {
  ask: string;
  variables: JsonObject;
  effect: HttpCall['effect'] & string;
}

async function ask({ http }: AdapterContext, { ask: query, variables, effect }: Question) {
  const answer = await http.call({ method: 'POST', path: '/graphql', json: { query, variables }, effect });
  const refused = z.union([refusedSchema, z.object({ data: z.looseObject({}) })]);
  const read = answer.parse(refused);
  if ('data' in read) return answer;
  const [{ code, message } = { code: '', message: 'refused' }] = read.errors;
  throw new SluiceError({ code: codes.get(code) ?? 'invalid-request', retry: 'later', message, ambiguous: false });
}

const feedSchema = z.object({
  data: z.object({ feed: z.array(z.object({ word: z.string(), id: z.string().nullish() })) }),
});
const states = new Map<string, ProviderSnapshot['state']>([
  ['SEEN', 'queued'],
  ['CHEWING', 'running'],
  ['DONE', 'completed'],
  ['DEAD', 'failed'],
]);

function snapshotOf({ data }: z.output<typeof feedSchema>): ProviderSnapshot {
  const { word: rawState, id } = data.feed.at(-1) ?? { word: 'SEEN' };
  const state = states.get(rawState);
  if (state === undefined) return { state: 'running', rawState, unmapped: true };
  if (state === 'failed') return { state, rawState, message: 'Orbit gives no reason' };
  if (state !== 'completed') return { state, rawState };
  return { state, rawState, items: [{ ok: true, ref: id ?? '', asset: { id: id ?? '' } }] };
}

async function hmac(secret: string, text: string): Promise<string> {
  const bytes = (value: string) => new TextEncoder().encode(value);
  const key = await crypto.subtle.importKey('raw', bytes(secret), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  return Buffer.from(await crypto.subtle.sign('HMAC', key, bytes(text))).toString('hex');
}

const sessionSchema = z.object({ id: z.string(), partSize: z.int() });
const begunSchema = z.object({ data: z.object({ upload: sessionSchema.extend({ urls: z.array(z.url()) }) }) });
const offsetSchema = z.object({ data: z.object({ offset: z.int() }) });

const upload: AdapterUpload = {
  async begin(_request, { size }, context) {
    const answer = await ask(context, { ask: 'upload', variables: { size }, effect: 'repeatable' });
    const { id, partSize, urls } = answer.parse(begunSchema).data.upload;
    const first = urls.map((url, index) => ({ number: index + 1, url }));
    return { kind: 'parts', session: { id, partSize }, uploaded: id, partSize, first };
  },
  async list(session, context) {
    const { id, partSize } = sessionSchema.parse(session);
    const { offset } = (await ask(context, { ask: 'offset', variables: { id }, effect: 'none' })).parse(
      offsetSchema,
    ).data;
    return Array.from({ length: offset / partSize }, (_, index) => ({ number: index + 1, size: partSize }));
  },
  async complete(session, _parts, context) {
    await ask(context, { ask: 'seal', variables: { id: sessionSchema.parse(session).id }, effect: 'repeatable' });
  },
};

const orbit = defineAdapter({
  name: 'orbit',
  settings,
  options: z.object({}),
  capabilities: {
    url: { schemes: ['http', 'https'] },
    upload: { ways, canList: true, canSign: false },
    checks: [],
    honours: [],
    cancel: false,
    webhook: 'none',
    idempotentStart: true,
    limits: {},
  },
  create: ({ client, secret, baseUrl }) => ({
    wire: {
      baseUrl,
      async sign(call, now) {
        const signature = await hmac(secret, `${now}\n${JSON.stringify(call.json)}`);
        return { ...call, headers: { ...call.headers, client, time: String(now), signature } };
      },
    },
    account: client,
    async start({ source }, context) {
      const place: Record<string, JsonValue> =
        source.kind === 'url' ? { url: source.url } : { upload: uploadIn(source) };
      const answer = await ask(context, {
        ask: 'ingest',
        variables: { ...place, as: context.key },
        effect: 'repeatable',
      });
      const { id, cursor } = answer.parse(z.object({ data: z.object({ id: z.string(), cursor: z.string() }) })).data;
      return { ref: id, memo: cursor, snapshot: { state: 'queued', rawState: 'SEEN' } };
    },
    async status(ref, context) {
      const variables = { id: z.string().parse(ref), after: context.memo ?? null };
      return snapshotOf((await ask(context, { ask: 'feed', variables, effect: 'none' })).parse(feedSchema));
    },
    upload,
  }),
});

function uploadIn(source: { kind: string; uploaded?: JsonValue }): JsonValue {
  if (source.uploaded !== undefined) return source.uploaded;
  throw new SluiceError({ code: 'unsupported', message: 'Orbit takes URLs and bytes' });
}

const feed = (...words: string[]): ScriptedAnswer => ({
  json: { data: { feed: words.map((word) => ({ word, id: 'a1' })) } },
});
const refusal = (code: string): ScriptedAnswer => ({ json: { errors: [{ code, message: `it says ${code}` }] } });
const place = (part: number) => `https://up.orbit.example/u1?part=${part}&token=token-of-part-${part}`;
const started: ScriptedAnswer = { json: { data: { id: 'i1', cursor: 'c9' } } };

export const orbitSubject: AdapterSubject = {
  adapter: orbit.adapter,
  settings: { client: 'orbit-client', secret: 'orbit-secret-0123456789' },
  request: { source: 'https://media.example/clip.mp4' },
  uploads: { chunks: { source: { kind: 'file', path: '/videos/clip.mp4', size: 40, modifiedAt: 0 } } },
  samples: {
    started,
    pending: { SEEN: feed(), CHEWING: feed('SEEN', 'CHEWING') },
    completed: [feed('CHEWING', 'DONE')],
    failed: [feed('DEAD')],
    unknownWord: { word: 'MUSING', answer: feed('MUSING') },
    unauthorized: refusal('UNAUTHENTICATED'),
    rateLimited: [refusal('THROTTLED')],
    upload: {
      begun: { chunks: { json: { data: { upload: { id: 'u1', partSize: 20, urls: [place(1), place(2)] } } } } },
      completed: { json: { data: { sealed: true } } },
      started,
      listed: [{ json: { data: { offset: 40 } } }],
    },
  },
};
