import type { Adapter, Started } from '../../../src/adapter.js';
import type { AdapterSubject } from '../../../src/testing/index.js';
import { idOf } from '../acme.js';
import { publish, publishing, publishingSubject } from '../acme-publish.js';
import type { Broken } from './breaking.js';

function subjectOf(adapter: Adapter): AdapterSubject {
  return { ...publishingSubject, adapter };
}

/** The right effect, and what is made of its answer. */
function leaving(change: (started: Started, apiKey: string) => unknown): AdapterSubject {
  return subjectOf(
    publishing((_members, apiKey) => ({
      effects: {
        publish: async (input, context) => {
          const started = await publish(input, context);
          change(started, apiKey);
          return started;
        },
      },
    })),
  );
}

/** The right looks, and another input for what is to be done. */
function askingFor(input: (apiKey: string) => string): AdapterSubject {
  return subjectOf(
    publishing((members, apiKey) => ({
      status: async (ref, context) => {
        const snapshot = await members.status(ref, context);
        if (snapshot.next === undefined) return snapshot;
        return { ...snapshot, next: { effect: 'publish', input: { draft: input(apiKey) } } };
      },
    })),
  );
}

export const brokenEffects: Broken = {
  'asks for a later effect by a look': {
    'asks for nothing': subjectOf(
      publishing((members) => ({
        status: async (ref, context) => {
          const { next: _next, ...snapshot } = await members.status(ref, context);
          return snapshot;
        },
      })),
    ),
    'asks for another': subjectOf(
      publishing(() => ({
        status: async () => ({ state: 'running', rawState: 'drafted', next: { effect: 'release', input: null } }),
      })),
    ),
    'is over, and asks all the same': subjectOf(
      publishing((members) => ({
        status: async (ref, context) => ({ ...(await members.status(ref, context)), state: 'completed', items: [] }),
      })),
    ),
    'hands its key on': {
      ...askingFor((apiKey) => apiKey),
      samples: withInput({ draft: 'acme-key-0123456789' }),
    },
    'hands a URL on': {
      ...askingFor(() => 'https://api.acme.example/drafts/job-7'),
      samples: withInput({ draft: 'https://api.acme.example/drafts/job-7' }),
    },
  },
  'runs a later effect with one call that counts': {
    'asks something else first': subjectOf(
      publishing(() => ({
        effects: {
          publish: async (input, context) => {
            await context.http.call({ method: 'GET', path: '/drafts' });
            return publish(input, context);
          },
        },
      })),
    ),
    'says that it may be repeated': subjectOf(
      publishing(() => ({
        effects: {
          publish: (input, context) =>
            publish(input, {
              ...context,
              http: { call: (call) => context.http.call({ ...call, effect: 'repeatable' }) },
            }),
        },
      })),
    ),
    'takes an outage for success': subjectOf(
      publishing(() => ({
        effects: {
          publish: (input, context) =>
            publish(input, context).catch(() => ({
              ref: 'publication-1',
              snapshot: { state: 'queued', rawState: 'waiting' } as const,
            })),
        },
      })),
    ),
  },
  'leaves of a later effect what a look needs, and no secret': {
    'keeps the key in its memo': leaving((started, apiKey) => Object.assign(started, { memo: { apiKey } })),
    'refers by URL': leaving((started) =>
      Object.assign(started, { ref: `https://api.acme.example/jobs/${idOf(started.ref)}` }),
    ),
    'makes up a reference': leaving((started) => Object.assign(started, { ref: String(Math.random()) })),
    'leaves a date': leaving((started) => Object.assign(started, { memo: new Date(0) })),
    'leaves what nobody can look at': leaving((started) => Object.assign(started, { ref: { publication: 1 } })),
  },
  'finds what a lost effect left': {
    'looks for the start in its place': subjectOf(
      publishing(() => ({
        recover: async () => ({
          found: 'started',
          ref: 'job-7',
          snapshot: { state: 'running', rawState: 'working' },
        }),
      })),
    ),
    'does it again in place of looking': subjectOf(
      publishing(() => ({
        recover: async (_request, { input = null }, context) => ({
          found: 'started',
          ...(await publish(input, context)),
        }),
      })),
    ),
  },
};

function withInput(input: { draft: string }): AdapterSubject['samples'] {
  const { samples } = publishingSubject;
  const { publish: sample } = samples.effects ?? {};
  if (sample === undefined) throw new Error('the subject has no sample of the effect');
  return { ...samples, effects: { publish: { ...sample, input } } };
}
