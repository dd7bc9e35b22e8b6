import { type AdapterMembers, SluiceError } from '../../../src/adapter.js';
import type { AdapterSubject } from '../../../src/testing/index.js';
import { acmeDefinition, acmeSubject, acmeWith, behaving, declaring } from '../acme.js';
import type { Broken } from './breaking.js';

const recovered = { started: [{ json: [{ id: 'job-7', state: 'working' }] }] };

function lookingFirst(before: NonNullable<AdapterMembers['before']>): AdapterSubject {
  const samples = { ...acmeSubject.samples, before: { json: [] } };
  return { ...acmeSubject, adapter: behaving(() => ({ before })), samples };
}

export const brokenExtras: Broken = {
  'reads which job a delivery is about': {
    'names it otherwise than the start did': behaving(() => ({
      webhook: async () => ({ ref: { id: 'job-7' }, event: 'changed' }),
    })),
    'reads the clock': behaving((members) => ({
      webhook: async (delivery) => {
        Date.now();
        return (await members.webhook?.(delivery)) ?? { ref: 'job-7', event: 'changed' };
      },
    })),
  },
  "refuses a delivery that is not the provider's": {
    'believes everybody': behaving(() => ({ webhook: async () => ({ ref: 'job-7', event: 'changed' }) })),
    'is evidence without proof': {
      ...acmeSubject,
      adapter: declaring({ webhook: 'evidence' }),
      samples: { ...acmeSubject.samples, webhook: { genuine: [{ body: '{"job":"job-7"}' }], forged: [] } },
    },
    'shows the secret': behaving((_members, apiKey) => ({
      webhook: async () => {
        throw new SluiceError({ code: 'auth', message: `not signed with ${apiKey}` });
      },
    })),
  },
  'refuses a delivery that cannot be read': {
    'reads something into nothing': behaving(() => ({ webhook: async () => ({ ref: 'job-7', event: 'changed' }) })),
    'chokes on it': behaving(() => ({ webhook: async ({ body }) => JSON.parse(new TextDecoder().decode(body)) })),
  },
  'gives evidence, and looks at it, exactly where it says so': {
    'declares evidence that it does not give': declaring({ webhook: 'evidence' }),
    'hides that it gives evidence': behaving((members) => ({
      webhook: async (delivery) => ({
        ...(await members.webhook?.(delivery)),
        event: 'changed',
        evidence: { ok: true },
      }),
    })),
    'declares evidence that it does not look at': acmeWith({
      capabilities: { ...acmeDefinition.capabilities, webhook: 'evidence' },
      create: (settings) => {
        const members = acmeDefinition.create(settings);
        return { ...members, webhook: async () => ({ ref: 'job-7', event: 'changed', evidence: { ok: true } }) };
      },
    }),
  },
  'cancels with one call': {
    'does not ask the provider': behaving(() => ({
      cancel: async () => ({ state: 'canceled', rawState: 'canceled' }),
    })),
    'takes an outage for success': behaving((members) => ({
      cancel: async (ref, context) => {
        const fallback = { state: 'canceled', rawState: 'canceled' } as const;
        return (await members.cancel?.(ref, context).catch(() => fallback)) ?? fallback;
      },
    })),
  },
  'probes with one call a step': {
    'hands out the source': behaving((members) => ({
      probe: {
        start: async ({ source }) => ({ ref: source.kind === 'url' ? source.url : '', againMs: 1 }),
        status: members.probe?.status ?? (async () => ({ result: {} })),
      },
    })),
    'answers with more than it may': behaving((members) => ({
      probe: {
        start: async (request, context) =>
          Object.assign((await members.probe?.start(request, context)) ?? { result: {} }, { more: 1 }),
        status: members.probe?.status ?? (async () => ({ result: {} })),
      },
    })),
  },
  'looks before a start with one call': {
    'starts instead of looking': lookingFirst(async (_request, { http }) => {
      await http.call({ method: 'POST', path: '/jobs', json: {} });
      return null;
    }),
    'takes an outage for nothing': lookingFirst(async (_request, { http }) => {
      await http.call({ method: 'GET', path: '/jobs' }).catch(() => undefined);
      return null;
    }),
    'keeps the source': lookingFirst(async ({ source }, { http }) => {
      await http.call({ method: 'GET', path: '/jobs' });
      return source.kind === 'url' ? source.url : null;
    }),
  },
  'finds what a lost start left': {
    'finds nothing where there is something': {
      ...acmeSubject,
      samples: { ...acmeSubject.samples, recovered },
      adapter: behaving(() => ({ recover: async () => ({ found: 'nothing' }) })),
    },
    'starts instead of looking': {
      ...acmeSubject,
      samples: { ...acmeSubject.samples, recovered: { started: [acmeSubject.samples.started] } },
      adapter: behaving((members) => ({
        recover: async (request, _intent, context) => ({
          found: 'started',
          ...(await members.start(request, context)),
        }),
      })),
    },
  },
};
