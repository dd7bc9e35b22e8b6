import { SluiceError } from '../../../src/adapter.js';
import { acmeSubject, behaving } from '../acme.js';
import { type Broken, calling, looking, starting } from './breaking.js';

export const brokenErrors: Broken = {
  'knows refused credentials': {
    'takes them for a bad request': behaving(({ wire }) => ({
      wire: { ...wire, readError: () => ({ code: 'invalid-request' }) },
    })),
    'makes a failed job of them': behaving((members) => ({
      status: (ref, context) =>
        members.status(ref, context).catch(() => ({ state: 'failed' as const, rawState: 'error', message: 'failed' })),
    })),
    'throws what is no SluiceError': behaving((members) => ({
      start: (request, context) => members.start(request, context).catch(() => Promise.reject(new Error('no'))),
    })),
  },
  'knows a call or a job too many': {
    'takes it for an outage': behaving(({ wire }) => ({
      wire: { ...wire, readError: ({ status }) => (status === 429 ? { code: 'unavailable' } : {}) },
    })),
    'has no sample of it': { ...acmeSubject, samples: { ...acmeSubject.samples, rateLimited: [] } },
  },
  'passes an error on at once, and repeats nothing itself': {
    'tries again by itself': behaving((members) => ({
      status: (ref, context) => members.status(ref, context).catch(() => members.status(ref, context)),
    })),
    'takes an outage for a verdict': behaving((members) => ({
      status: (ref, context) =>
        members.status(ref, context).catch(() => ({ state: 'failed' as const, rawState: 'error', message: 'failed' })),
    })),
  },
  'knows a refusal that did nothing from one that leaves it open': {
    'takes every outage for a refusal': behaving(({ wire }) => ({
      wire: { ...wire, readError: () => ({ refused: true }) },
    })),
    'takes its own refusal for an outage': {
      ...acmeSubject,
      samples: { ...acmeSubject.samples, refused: [{ status: 500, json: { message: 'nothing was done' } }] },
    },
    'forgets that it is open': behaving((members) => ({
      start: (request, context) =>
        members.start(request, context).catch((error: unknown) => {
          if (SluiceError.is(error)) throw new SluiceError({ code: error.code, message: error.message });
          throw error;
        }),
    })),
  },
  'shows no secret in errors, snapshots and what it logs': {
    'throws the key': behaving((members, apiKey) => ({
      start: (request, context) =>
        members.start(request, context).catch(() => {
          throw new SluiceError({ code: 'auth', message: `the key ${apiKey} is wrong` });
        }),
    })),
    'hides the key in a cause': behaving((members, apiKey) => ({
      start: (request, context) =>
        members.start(request, context).catch(() => {
          throw new SluiceError({ code: 'auth', message: 'wrong', cause: { headers: { 'x-api-key': apiKey } } });
        }),
    })),
    'logs the source': starting((_started, { request, context }) =>
      context.log('started', { source: JSON.stringify(request.source) }),
    ),
    'warns of the key': behaving((members, apiKey) => ({
      status: async (ref, context) => ({
        ...(await members.status(ref, context)),
        warnings: [{ code: 'key', message: apiKey }],
      }),
    })),
  },
  'carries a job from its start to its end': {
    'never sees the end': looking(
      (snapshot) => snapshot.state === 'completed' && Object.assign(snapshot, { state: 'failed', message: 'no' }),
    ),
  },
  'ends a job with the verdict of its provider': {
    'takes a failure as the end of a good job': looking(
      (snapshot) => snapshot.state === 'failed' && Object.assign(snapshot, { state: 'completed' }),
    ),
  },
  'starts again after a refusal that did nothing': {
    'gives up on a full provider': behaving(({ wire }) => ({
      wire: { ...wire, readError: ({ status }) => (status === 429 ? { code: 'quota', retry: 'never' } : {}) },
    })),
  },
  'never starts a job twice after an answer that was lost': {
    'says that its start may be repeated': calling((http) => ({
      call: (call) => http.call({ ...call, effect: 'repeatable' }),
    })),
    'takes every outage for a refusal': behaving(({ wire }) => ({
      wire: { ...wire, readError: () => ({ refused: true }) },
    })),
  },
};
