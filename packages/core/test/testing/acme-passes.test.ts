import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { SluiceError } from '../../src/adapter.js';
import { type AdapterSubject, adapterCases } from '../../src/testing/index.js';
import { acmeDefinition, acmeSubject, acmeWith, behaving, idOf, readJob } from './acme.js';
import { publishingSubject } from './acme-publish.js';
import { puttingSubject } from './acme-put.js';

describe('an adapter that does everything right passes every case', () => {
  for (const { name, run } of adapterCases(acmeSubject)) test(name, run);
});

/** The provider takes a key with the start, and a start under a known key is the job that is there. */
const idempotent: AdapterSubject = {
  ...acmeSubject,
  adapter: acmeWith({
    capabilities: { ...acmeDefinition.capabilities, idempotentStart: true },
    create: (settings) => {
      const members = acmeDefinition.create(settings);
      return {
        ...members,
        start: async (request, { http, key }) => {
          const from = request.source.kind === 'url' ? request.source.url : '';
          const json = { from, title: request.metadata?.title ?? null };
          const answer = await http.call({ method: 'POST', path: '/jobs', headers: { 'idempotency-key': key }, json });
          return {
            ref: answer.parse(z.object({ id: z.string() })).id,
            snapshot: { state: 'queued', rawState: 'waiting' },
          };
        },
      };
    },
  }),
};

describe('so does one whose start is idempotent', () => {
  for (const { name, run } of adapterCases(idempotent)) test(name, run);
});

/** The provider can be asked what a lost start left. */
const recovering: AdapterSubject = {
  ...acmeSubject,
  adapter: behaving(() => ({
    recover: async (request, _intent, { http }) => {
      const list = z.array(z.object({ id: z.string(), state: z.string() }));
      const found = (await http.call({ method: 'GET', path: '/jobs', query: { for: request.id } })).parse(list)[0];
      return found === undefined
        ? { found: 'nothing' }
        : { found: 'started', ref: idOf(found.id), snapshot: readJob(found) };
    },
  })),
  samples: {
    ...acmeSubject.samples,
    recovered: { started: [{ json: [{ id: 'job-7', state: 'working' }] }], nothing: [{ json: [] }] },
  },
};

/** The provider keeps jobs by name, and is asked for the name first. */
const lookingFirst: AdapterSubject = {
  ...acmeSubject,
  adapter: behaving(() => ({
    before: async (request, { http }) => {
      const list = z.array(z.object({ id: z.string() }));
      const found = (await http.call({ method: 'GET', path: '/jobs', query: { name: request.name } })).parse(list)[0];
      return found === undefined ? null : found.id;
    },
  })),
  samples: { ...acmeSubject.samples, before: { json: [] } },
};

describe('so does one that looks before it starts', () => {
  for (const { name, run } of adapterCases(lookingFirst)) test(name, run);
});

describe('so does one that recovers', () => {
  for (const { name, run } of adapterCases(recovering)) test(name, run);
});

describe('so does one whose jobs take a later call that counts', () => {
  for (const { name, run } of adapterCases(publishingSubject)) test(name, run);
});

describe('so does one that imports from a bucket what was put there', () => {
  for (const { name, run } of adapterCases(puttingSubject)) test(name, run);
});

/** The provider wants to be told the size, has rules about what a video contains, and calls back with what it measured. */
const curious: AdapterSubject = {
  ...acmeSubject,
  request: { ...acmeSubject.request, expect: { size: 42 } },
  adapter: acmeWith({
    capabilities: { ...acmeDefinition.capabilities, needs: ['size'], reads: ['media'], webhook: 'evidence' },
    create: (settings) => {
      const members = acmeDefinition.create(settings);
      return {
        ...members,
        start: (request, context) => {
          const { size = null } = request;
          const told = { size, callback: context.callbackUrl ?? null };
          const http: typeof context.http = {
            call: (call) => context.http.call({ ...call, json: { told, rest: call.json ?? null } }),
          };
          return members.start(request, { ...context, http });
        },
        check: ({ media }) =>
          media?.width === 1 ? [{ severity: 'error', field: 'source.width', message: 'must be wider' }] : [],
        status: async (ref, context) => {
          const snapshot = await members.status(ref, context);
          return context.evidence === undefined ? snapshot : { ...snapshot, cost: { amount: 1, unit: 'credit' } };
        },
        webhook: async ({ job, query }) => {
          if (job === undefined) throw new SluiceError({ code: 'auth', message: 'it came to no job' });
          if (query.size === undefined) throw new SluiceError({ code: 'protocol', message: 'it names no size' });
          return { event: 'measured', evidence: { size: query.size } };
        },
      };
    },
  }),
  samples: {
    ...acmeSubject.samples,
    webhook: {
      genuine: [{ method: 'GET', query: { size: '42' }, toJob: true, body: '' }],
      forged: [{ method: 'GET', query: { size: '42' }, body: '' }],
    },
  },
};

describe('so does one that wants to know of the source, and is called back', () => {
  for (const { name, run } of adapterCases(curious)) test(name, run);
});

test('the cases are picked by what the adapter declares', () => {
  const names = (subject: AdapterSubject) => adapterCases(subject).map(({ name }) => name);
  expect(names(recovering)).toContain('finds what a lost start left');
  expect(names(acmeSubject)).not.toContain('finds what a lost start left');
  const { canceled: _canceled, probe: _probe, webhook: _webhook, ...samples } = acmeSubject.samples;
  const small = {
    ...acmeSubject,
    samples,
    adapter: acmeWith({ capabilities: { ...acmeDefinition.capabilities, webhook: 'none' } }),
  };
  expect(names(small).length).toBeLessThan(names(acmeSubject).length);
});
