import type { Adapter } from '../../../src/adapter.js';
import type { AdapterSubject } from '../../../src/testing/index.js';
import { type AcmeMembers, behaving, readStarted } from '../acme.js';
import { type AcmeUpload, acmeUpload } from '../acme-upload.js';

/** Adapters that break a case's rule: by the case's name, then by what is wrong with them. */
export type Broken = Record<string, Record<string, Adapter | AdapterSubject>>;

/** The right start, and what is made of its answer. */
export function starting(
  change: (started: Awaited<ReturnType<AcmeMembers['start']>>, input: StartInput) => unknown,
): Adapter {
  return behaving((members, apiKey) => ({
    start: async (request, context) => {
      const started = await members.start(request, context);
      change(started, { request, context, apiKey });
      return started;
    },
  }));
}

interface StartInput {
  request: Parameters<AcmeMembers['start']>[0];
  context: Parameters<AcmeMembers['start']>[1];
  apiKey: string;
}

/** The right look, and what is made of its answer. */
export function looking(
  change: (snapshot: Awaited<ReturnType<AcmeMembers['status']>>, context: StartInput['context']) => unknown,
): Adapter {
  return behaving((members) => ({
    status: async (ref, context) => {
      const snapshot = await members.status(ref, context);
      await change(snapshot, context);
      return snapshot;
    },
  }));
}

/** Calls that the adapter makes otherwise than it should. */
export function calling(change: (http: StartInput['context']['http']) => StartInput['context']['http']): Adapter {
  return behaving((members) => ({
    start: (request, context) => members.start(request, { ...context, http: change(context.http) }),
    status: (ref, context) => members.status(ref, { ...context, http: change(context.http) }),
  }));
}

/** Uploads that go otherwise than they should. */
export function uploading(change: (upload: AcmeUpload, apiKey: string) => Partial<AcmeUpload>): Adapter {
  return behaving(({ wire }, apiKey) => {
    const right = acmeUpload(wire.baseUrl, readStarted);
    return { upload: { ...right, ...change(right, apiKey) } };
  });
}

/** The right begin, and what is made of its answer. */
export function beginning(change: (begun: Awaited<ReturnType<AcmeUpload['begin']>>, apiKey: string) => unknown) {
  return uploading((upload, apiKey) => ({
    begin: async (request, bytes, context) => {
      const begun = await upload.begin(request, bytes, context);
      change(begun, apiKey);
      return begun;
    },
  }));
}
