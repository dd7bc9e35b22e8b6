import type { HttpCall } from '../../../src/adapter.js';
import { SluiceError } from '../../../src/adapter.js';
import { type Broken, starting, uploading } from './breaking.js';

const counted = (call: HttpCall): HttpCall => ({ ...call, effect: 'once' });

export const brokenUploadMembers: Broken = {
  'puts the parts together by a call that may come again': {
    'takes an outage for success': uploading((upload) => ({
      complete: (session, parts, context) => upload.complete(session, parts, context).catch(() => undefined),
    })),
    'takes an outage for a refusal': uploading((upload) => ({
      complete: (session, parts, context) =>
        upload.complete(session, parts, context).catch(() => {
          throw new SluiceError({ code: 'invalid-request', message: 'no' });
        }),
    })),
    'takes a refusal for an outage': uploading((upload) => ({
      complete: (session, parts, context) =>
        upload.complete(session, parts, context).catch(() => {
          throw new SluiceError({ code: 'unavailable', message: 'later' });
        }),
    })),
    'asks twice': uploading((upload) => ({
      complete: async (session, parts, context) => {
        await upload.complete(session, parts, context);
        await upload.complete(session, parts, context);
      },
    })),
    'asks otherwise each time': uploading((upload) => ({
      complete: (session, parts, context) =>
        upload.complete(
          session,
          parts.map((part) => ({ ...part, number: Math.random() })),
          context,
        ),
    })),
  },
  'tells the ETags of parts as they came': {
    'takes their quotes away': uploading((upload) => {
      const bare = (part: { etag: string; number: number; size: number }) => ({
        ...part,
        etag: part.etag.replaceAll('"', ''),
      });
      return {
        complete: (session, parts, context) => upload.complete(session, parts.map(bare), context),
        report: (session, parts, context) => upload.report(session, parts.map(bare), context),
      };
    }),
  },
  'starts from what an upload left behind': {
    'cannot start from it': starting((_started, { request }) => {
      if (request.source.kind === 'uploaded') throw new SluiceError({ code: 'unsupported', message: 'URLs only' });
    }),
    'makes a URL its reference': starting((started, { request }) => {
      if (request.source.kind === 'uploaded') Object.assign(started, { ref: 'https://store.example/clip' });
    }),
  },
  'reads the answer to a form that is itself the start': {
    'takes every answer for a start': uploading(() => ({
      answered: () => ({ ref: 'job-9', snapshot: { state: 'queued', rawState: 'waiting' } }),
    })),
    'answers with more than it may': uploading((upload) => ({
      answered: (answer, context, request) => Object.assign(upload.answered(answer, context, request), { more: 1 }),
    })),
  },
  'signs the parts that it is asked to sign': {
    'signs others': uploading((upload) => ({
      sign: async (session, numbers, context) => (await upload.sign(session, numbers, context)).slice(1),
    })),
    'signs by a call that counts': uploading((upload) => ({
      sign: (session, numbers, context) => {
        const http = { call: (call: HttpCall) => context.http.call(counted(call)) };
        return upload.sign(session, numbers, { ...context, http });
      },
    })),
  },
  'lists the parts that arrived, and changes nothing': {
    'finds nothing': uploading(() => ({ list: async () => [] })),
    'changes something': uploading((upload) => ({
      list: async (session, context) => {
        await upload.report(session, [], context).catch(() => undefined);
        return upload.list(session, context);
      },
    })),
  },
  'reports parts by a call that may come again': {
    'reports by a call that counts': uploading((upload) => ({
      report: (session, parts, context) => {
        const http = { call: (call: HttpCall) => context.http.call(counted(call)) };
        return upload.report(session, parts, { ...context, http });
      },
    })),
    'reports nothing': uploading(() => ({ report: async () => undefined })),
  },
  'ends an upload that is not completed': {
    'ends nothing': uploading(() => ({ abort: async () => undefined })),
    'ends it by a call that counts': uploading((upload) => ({
      abort: (session, context) => {
        const http = { call: (call: HttpCall) => context.http.call(counted(call)) };
        return upload.abort(session, { ...context, http });
      },
    })),
  },
};
