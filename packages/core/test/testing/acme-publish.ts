import * as z from 'zod';
import type { AdapterContext, JsonValue, Started } from '../../src/adapter.js';
import type { AdapterSubject, EffectSample } from '../../src/testing/index.js';
import { type AcmeMembers, acmeSubject, behaving, idOf, readJob } from './acme.js';

/** What Acme is asked to do with a draft. */
const inputSchema = z.object({ draft: z.string() });
const publishedSchema = z.object({ id: z.string(), state: z.string() });

/** Makes a job of a draft that is ready. */
export async function publish(input: JsonValue, { http }: AdapterContext): Promise<Started> {
  const { draft } = inputSchema.parse(input);
  const answer = await http.call({ method: 'POST', path: `/drafts/${draft}/publication` });
  const { id, state } = answer.parse(publishedSchema);
  return { ref: id, snapshot: readJob({ id, state }) };
}

/** Acme makes a draft first, and publishes it when it is told to: all of it right. */
export function publishing(change: (members: AcmeMembers, apiKey: string) => Partial<AcmeMembers> = () => ({})) {
  return behaving((right, apiKey) => {
    const members: AcmeMembers = {
      ...right,
      effects: { publish },
      status: async (ref, context) => {
        const snapshot = await right.status(ref, context);
        if (snapshot.rawState !== 'drafted') return snapshot;
        return { state: 'running', rawState: 'drafted', next: { effect: 'publish', input: { draft: idOf(ref) } } };
      },
      recover: async (request, intent, { http }) => {
        const { draft = request.id } = inputSchema.partial().parse(intent.input ?? {});
        const answer = await http.call({ method: 'GET', path: '/jobs', query: { for: draft } });
        const found = answer.parse(z.array(publishedSchema))[0];
        return found === undefined
          ? { found: 'nothing' }
          : { found: 'started', ref: found.id, snapshot: readJob(found) };
      },
    };
    return { ...members, ...change(members, apiKey) };
  });
}

export const publishSample: EffectSample = {
  asked: { json: { id: 'job-7', state: 'drafted' } },
  input: { draft: 'job-7' },
  answer: { status: 201, json: { id: 'publication-1', state: 'waiting' } },
  completed: { json: { id: 'publication-1', state: 'done', bytes: 42 } },
  recovered: { started: [{ json: [{ id: 'publication-1', state: 'working' }] }], nothing: [{ json: [] }] },
};

/** A subject whose jobs take two calls that count. */
export const publishingSubject: AdapterSubject = {
  ...acmeSubject,
  adapter: publishing(),
  samples: {
    ...acmeSubject.samples,
    recovered: { started: [{ json: [{ id: 'job-7', state: 'working' }] }], nothing: [{ json: [] }] },
    effects: { publish: publishSample },
  },
};
