import * as z from 'zod';
import {
  type Adapter,
  type AdapterDefinition,
  type AdapterMembers,
  type Authorization,
  defineAdapter,
  type Http,
  type HttpAnswer,
  type JsonValue,
  type ProviderSnapshot,
  renewable,
  SluiceError,
  type Started,
} from '../../src/adapter.js';
import type { AdapterSubject } from '../../src/testing/index.js';
import { acmeUpload, acmeWays, uploadSamples, uploads } from './acme-upload.js';

declare module '@sluice/core/adapter' {
  interface AdapterOptions {
    acme?: { folder?: string; speed?: number; whole?: boolean };
  }
}

export const acmeSettings = z.object({
  apiKey: z.string().min(1),
  baseUrl: z.url().default('https://api.acme.example'),
  webhookSecret: z.string().optional(),
});

const options = z.object({
  folder: z.string().exactOptional(),
  speed: z.number().exactOptional(),
  whole: z.boolean().exactOptional(),
});

type AcmeSettings = z.output<typeof acmeSettings>;
type AcmeOptions = z.output<typeof options>;
export type AcmeMembers = AdapterMembers<AcmeOptions>;
export type AcmeDefinition = AdapterDefinition<'acme', z.ZodObject, z.ZodObject>;

const jobSchema = z.object({
  id: z.string(),
  state: z.string(),
  bytes: z.int().optional(),
  reason: z.string().optional(),
});

export function readJob(job: z.output<typeof jobSchema>): ProviderSnapshot {
  const { id, state: rawState } = job;
  switch (rawState) {
    case 'waiting':
      return { state: 'queued', rawState };
    case 'working':
      return { state: 'running', rawState };
    case 'canceled':
      return { state: 'canceled', rawState };
    case 'done': {
      const asset = { id, ...(job.bytes !== undefined && { size: job.bytes }) };
      return { state: 'completed', rawState, items: [{ ok: true, ref: id, asset, of: { size: 'source' } }] };
    }
    case 'broken':
      return { state: 'failed', rawState, message: job.reason ?? 'Acme gives no reason' };
    default:
      return { state: 'running', rawState, unmapped: true };
  }
}

/** The answer to a form that is itself the start. */
export function readStarted(answer: HttpAnswer): Started {
  const job = answer.parse(jobSchema);
  return { ref: job.id, snapshot: readJob(job) };
}

export function idOf(ref: JsonValue): string {
  return z.string().parse(ref);
}

/** What Acme gives for the key: headers that hold for an hour. */
export async function fetchToken(http: Http): Promise<Authorization> {
  const answer = await http.call({ method: 'POST', path: '/token', effect: 'repeatable' });
  const { token } = answer.parse(z.object({ token: z.string() }));
  return { headers: { authorization: `Bearer ${token}` }, lastsMs: 3_600_000 };
}

/** An adapter that has everything and does it right. */
export function acmeMembers({ apiKey, baseUrl, webhookSecret }: AcmeSettings): AcmeMembers {
  return {
    wire: {
      baseUrl,
      headers: { 'x-api-key': apiKey },
      authorize: renewable(fetchToken),
      readError: () => ({}),
    },
    check: ({ options }) =>
      options.speed === 0 ? [{ severity: 'error', field: 'options.acme.speed', message: 'must not be 0' }] : [],
    lane: ({ options }) => options.folder ?? 'root',
    async start(request, { http }) {
      const { source, metadata, options } = request;
      const from = source.kind === 'url' ? source.url : source.kind === 'uploaded' ? source.uploaded : source.kind;
      const title = metadata?.title === undefined ? {} : { title: metadata.title };
      const answer = await http.call({ method: 'POST', path: '/jobs', json: { from, ...title, ...options } });
      const job = answer.parse(jobSchema);
      return { ref: job.id, memo: { folder: options.folder ?? null }, snapshot: readJob(job) };
    },
    async status(ref, { http }) {
      const answer = await http.call({ method: 'GET', path: `/jobs/${idOf(ref)}` });
      return readJob(answer.parse(jobSchema));
    },
    upload: acmeUpload(baseUrl, readStarted),
    async cancel(ref, { http }) {
      return readJob((await http.call({ method: 'DELETE', path: `/jobs/${idOf(ref)}` })).parse(jobSchema));
    },
    probe: {
      async start(request, { http }) {
        const from = request.source.kind === 'url' ? request.source.url : '';
        const answer = await http.call({ method: 'POST', path: '/probes', json: { from } });
        return { ref: answer.parse(jobSchema).id, againMs: 100 };
      },
      async status(ref, { http }) {
        const job = (await http.call({ method: 'GET', path: `/probes/${idOf(ref)}` })).parse(jobSchema);
        if (job.state === 'broken')
          throw new SluiceError({ code: 'source-unreachable', message: 'Acme cannot read it' });
        return job.state === 'done' ? { result: { size: job.bytes ?? 0 } } : { ref, againMs: 100 };
      },
    },
    async webhook({ headers, body }) {
      if (webhookSecret !== undefined && headers['x-acme-token'] !== webhookSecret) {
        throw new SluiceError({ code: 'auth', message: 'x-acme-token is wrong' });
      }
      const parsed = z.object({ job: z.string() }).safeParse(parseJson(body));
      if (!parsed.success) throw new SluiceError({ code: 'protocol', message: 'the delivery names no job' });
      return { ref: parsed.data.job, event: 'changed' };
    },
  };
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}

export const acmeDefinition: AcmeDefinition = {
  name: 'acme',
  settings: acmeSettings,
  options,
  capabilities: {
    url: { schemes: ['https', 's3'] },
    upload: { ways: acmeWays, canList: true, canSign: true },
    checks: ['size'],
    honours: ['title'],
    cancel: true,
    webhook: 'hint',
    idempotentStart: false,
    limits: { jobs: 2, probes: { max: 10, windowMs: 60_000 } },
  },
  create: (input) => acmeMembers(acmeSettings.parse(input)),
};

/** The adapter with something else about it. */
export function acmeWith(change: Partial<AcmeDefinition>): Adapter {
  return defineAdapter({ ...acmeDefinition, ...change }).adapter;
}

/** The adapter with other capabilities. */
export function declaring(capabilities: Partial<AcmeDefinition['capabilities']>): Adapter {
  return acmeWith({ capabilities: { ...acmeDefinition.capabilities, ...capabilities } });
}

/** The adapter with other members. */
export function behaving(change: (members: AcmeMembers, apiKey: string) => Partial<AcmeMembers>): Adapter {
  return acmeWith({
    create: (input) => {
      const parsed = acmeSettings.parse(input);
      const members = acmeMembers(parsed);
      return { ...members, ...change(members, parsed.apiKey) };
    },
  });
}

export const acmeSubject: AdapterSubject = {
  adapter: acmeWith({}),
  settings: { apiKey: 'acme-key-0123456789' },
  request: { source: 'https://media.example/clip.mp4', options: { acme: { folder: 'summer', speed: 2 } } },
  uploads,
  samples: {
    authorized: { json: { token: 'token-0123456789' } },
    upload: uploadSamples,
    started: { status: 201, json: { id: 'job-7', state: 'waiting' } },
    pending: {
      waiting: { json: { id: 'job-7', state: 'waiting' } },
      working: { json: { id: 'job-7', state: 'working' } },
    },
    completed: [{ json: { id: 'job-7', state: 'done', bytes: 42 } }],
    failed: [{ json: { id: 'job-7', state: 'broken', reason: 'no video in it' } }],
    unknownWord: { word: 'pondering', answer: { json: { id: 'job-7', state: 'pondering' } } },
    unauthorized: { status: 401, json: { message: 'who are you?' } },
    rateLimited: [{ status: 429, headers: { 'retry-after': '5' }, json: { message: 'slower' } }],
    canceled: { json: { id: 'job-7', state: 'canceled' } },
    probe: {
      started: { json: { id: 'probe-1', state: 'waiting' } },
      pending: { json: { id: 'probe-1', state: 'working' } },
      done: { json: { id: 'probe-1', state: 'done', bytes: 42 } },
      failed: { json: { id: 'probe-1', state: 'broken' } },
    },
    webhook: {
      genuine: [
        { body: '{"job":"job-7"}' },
        {
          body: '{"job":"job-7","more":1}',
          headers: { 'X-Acme-Token': 'token-0123' },
          settings: { apiKey: 'acme-key-0123456789', webhookSecret: 'token-0123' },
        },
      ],
      forged: [{ body: '{"job":"job-7"}', settings: { apiKey: 'acme-key-0123456789', webhookSecret: 'token-0123' } }],
    },
  },
};
