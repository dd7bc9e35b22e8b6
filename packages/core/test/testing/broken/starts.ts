import { SluiceError } from '../../../src/adapter.js';
import { behaving } from '../acme.js';
import { type Broken, calling, looking, starting } from './breaking.js';

export const brokenStarts: Broken = {
  'starts with one call that counts as one': {
    'asks something else first': behaving((members) => ({
      start: async (request, context) => {
        await context.http.call({ method: 'GET', path: '/me' });
        return members.start(request, context);
      },
    })),
    'says that its start may be repeated': calling((http) => ({
      call: (call) => http.call({ ...call, effect: 'repeatable' }),
    })),
    'calls nobody': behaving(() => ({
      start: async () => ({ ref: 'job-7', snapshot: { state: 'queued', rawState: 'waiting' } }),
    })),
  },
  'answers a start with plain JSON of the right form': {
    'leaves a date in its memo': starting((started) => Object.assign(started, { memo: new Date(0) })),
    'leaves an undefined field': starting((started) => Object.assign(started, { memo: { folder: undefined } })),
    'misspells a field': starting(({ snapshot }) => Object.assign(snapshot, { raw_state: 'waiting' })),
    'makes up a reference': starting((started) => Object.assign(started, { ref: String(Math.random()) })),
    'ends at once': starting(({ snapshot }) => Object.assign(snapshot, { state: 'failed', message: 'no' })),
  },
  'keeps URLs and secrets out of its reference and memo': {
    'refers by URL': starting((started) => Object.assign(started, { ref: 'https://api.acme.example/jobs/job-7' })),
    'keeps the key in its memo': starting((started, { apiKey }) => Object.assign(started, { memo: { apiKey } })),
    'keeps the query of the source': starting((started, { request }) => {
      const { source } = request;
      Object.assign(started, { memo: source.kind === 'url' ? new URL(source.url).username : '' });
    }),
  },
  'leaves the request as it was given': {
    'writes to the options': starting((_started, { request }) => Object.assign(request.options, { speed: 3 })),
  },
  'uses no clock, timer or network but those of its context': {
    'reads the clock to start': starting(() => Date.now()),
    'makes a date of now to look': looking(() => new Date()),
    'waits between its calls': looking(() => new Promise((resolve) => setTimeout(resolve, 1))),
    'fetches by itself': looking(() => fetch('data:,x')),
    'measures time': looking(() => performance.now()),
  },
  'stops when its signal fires': {
    'makes a snapshot of an abort': behaving((members) => ({
      status: (ref, context) =>
        members.status(ref, context).catch(() => ({ state: 'running' as const, rawState: 'working' })),
    })),
    'calls it something else': behaving((members) => ({
      start: (request, context) =>
        members.start(request, context).catch(() => {
          throw new SluiceError({ code: 'unavailable', message: 'no answer' });
        }),
    })),
  },
};
