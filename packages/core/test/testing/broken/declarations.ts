import * as z from 'zod';
import { SluiceError } from '../../../src/adapter.js';
import { acmeDefinition, acmeMembers, acmeSubject, acmeWith, behaving, declaring } from '../acme.js';
import { publish } from '../acme-publish.js';
import { type Broken, looking } from './breaking.js';

export const brokenDeclarations: Broken = {
  'declares itself as data: a name and its capabilities': {
    'a name with spaces': { ...acmeSubject, adapter: { ...acmeSubject.adapter, name: 'Acme Inc' } },
    'no source at all': acmeWith({ capabilities: { ...withoutSources(), checks: ['size'] } }),
    'a limit that is none': declaring({ limits: { jobs: 0 } }),
  },
  'has the members that it declares, and declares those that it has': {
    'declares a cancellation that it lacks': acmeWith({ create: (settings) => without(settings, 'cancel') }),
    'hides a cancellation that it has': declaring({ cancel: false }),
    'declares webhooks that it cannot read': acmeWith({ create: (settings) => without(settings, 'webhook') }),
    'hides that it reads webhooks': declaring({ webhook: 'none' }),
    'declares uploads that it lacks': acmeWith({ create: (settings) => without(settings, 'upload') }),
    'hides that it takes bytes': acmeWith({ capabilities: withoutUploads() }),
    'fetches an authorization without a sample of it': { ...acmeSubject, samples: withoutSample('authorized') },
    'limits probes that it lacks': acmeWith({ create: (settings) => without(settings, 'probe') }),
    'probes without a sample of it': { ...acmeSubject, samples: withoutSample('probe') },
    'has a later effect without a sample of it': behaving(() => ({ effects: { index: publish } })),
    'recovers without a sample of it': behaving(() => ({ recover: async () => ({ found: 'unknown' }) })),
  },
  'declares a check exactly where it measures the source': {
    'declares a size that is the rendition': looking(({ items = [] }) =>
      items.map((item) => item.ok && Object.assign(item, { of: { size: 'rendition' } })),
    ),
    'declares a sha-256 that nobody measures': declaring({ checks: ['size', 'sha256'] }),
    'hides the size of the source': declaring({ checks: [] }),
  },
  'starts from every source that it declares': {
    'imports from buckets without a sample of files that were put there': declaring({ integration: true }),
    'declares buckets that it cannot import from': behaving((members) => ({
      start: async (request, context) => {
        if (!JSON.stringify(request.source).includes('https:'))
          throw new SluiceError({ code: 'unsupported', message: 'https only' });
        return members.start(request, context);
      },
    })),
  },
  'honours exactly the neutral fields that it declares': {
    'declares a description that it leaves out': declaring({ honours: ['title', 'description'] }),
    'hides that it sends the title': declaring({ honours: [] }),
    'sends a priority that it does not declare': behaving((members) => ({
      start: (request, context) =>
        members.start({ ...request, options: { ...request.options, speed: request.priority ?? 1 } }, context),
    })),
  },
  'is idempotent by the key exactly where it says so': {
    'declares a key that it does not send': declaring({ idempotentStart: true }),
    'hides that it sends a key': behaving((members) => ({
      start: (request, context) =>
        members.start({ ...request, options: { ...request.options, folder: context.key } }, context),
    })),
    'makes up something new each time': behaving((members) => ({
      start: (request, context) =>
        members.start({ ...request, options: { ...request.options, speed: Math.random() } }, context),
    })),
  },
  'takes its settings and refuses unknown ones': {
    'takes any setting': {
      ...acmeSubject,
      adapter: { ...acmeSubject.adapter, settings: z.looseObject({ apiKey: z.string() }) },
    },
    'takes any setting within another': acmeWith({
      settings: z.object({ apiKey: z.string(), hook: z.object({ a: z.string() }).optional() }),
    }),
    'does not take the settings': acmeWith({
      settings: z.object({ token: z.string() }),
      create: () => acmeMembers({ apiKey: 'x', baseUrl: 'https://acme.example' }),
    }),
  },
  'takes its options and refuses unknown ones': {
    'takes any option': { ...acmeSubject, adapter: { ...acmeSubject.adapter, options: z.looseObject({}) } },
    'takes any option within another': acmeWith({
      options: z.object({ folder: z.string(), speed: z.number(), crop: z.object({ x: z.int() }).optional() }),
    }),
  },
  'reaches the provider at the baseUrl of its settings': {
    'has its address built in': behaving(({ wire }) => ({ wire: { ...wire, baseUrl: 'https://api.acme.example' } })),
  },
  'is made without any I/O': {
    'reads the clock when it is made': behaving(() => ({
      wire: { baseUrl: `https://api.acme.example/${Date.now()}` },
    })),
    'sets a timer when it is made': behaving(() => {
      clearTimeout(setTimeout(() => undefined, 0));
      return {};
    }),
  },
  'checks a request and names its lane without any I/O, always alike': {
    'finds fault with a good request': behaving(() => ({
      check: () => [{ severity: 'error', field: 'name', message: 'no' }],
    })),
    'reads the clock to check': behaving(() => ({ check: () => (new Date().getFullYear() > 3000 ? [] : []) })),
    'has a lane for each call': behaving(() => ({ lane: () => String(Math.random()) })),
    'names the lane by the key': behaving((_members, apiKey) => ({ lane: () => apiKey })),
    'limits a lane by chance': behaving(() => ({ limitsIn: () => ({ jobs: 1 + Math.floor(Math.random() * 1e9) }) })),
    'limits a lane to nothing': behaving(() => ({ limitsIn: () => ({ jobs: 0 }) })),
    'writes to another place each time': behaving(() => ({ place: () => String(Math.random()) })),
  },
  'names its account without a secret': {
    'is known by its key': behaving((_members, apiKey) => ({ account: apiKey })),
  },
};

function without(settings: Record<string, unknown>, member: 'cancel' | 'webhook' | 'probe' | 'upload') {
  const { [member]: _gone, ...members } = acmeDefinition.create(settings);
  return members;
}

function withoutSample(name: 'probe' | 'authorized') {
  const { [name]: _gone, ...samples } = acmeSubject.samples;
  return samples;
}

function withoutUploads() {
  const { upload: _upload, ...capabilities } = acmeDefinition.capabilities;
  return capabilities;
}

function withoutSources() {
  const { url: _url, upload: _upload, ...capabilities } = acmeDefinition.capabilities;
  return capabilities;
}
