import * as z from 'zod';
import type { AdapterUpload, ArrivedPart, HttpCall, JsonValue, UploadWay } from '../../src/adapter.js';
import type { AdapterSubject, UploadSamples } from '../../src/testing/index.js';

/** How Acme takes bytes: small ones in one form, large ones in parts, and on request in the form that makes the job. */
export const acmeWays: UploadWay[] = [
  { name: 'form', shape: 'form', minBytes: 1, maxBytes: 999 },
  { name: 'parts', shape: 'parts', minBytes: 1_000, maxBytes: 10_000 },
  { name: 'whole', shape: 'form', minBytes: 1, maxBytes: 10_000, onRequest: true },
];

const partSchema = z.object({ number: z.int(), url: z.string() });
const formSchema = z.object({ id: z.string(), url: z.string(), policy: z.string() });
const partsSchema = z.object({ id: z.string(), partSize: z.int(), parts: z.array(partSchema) });
const arrivedSchema = z.object({
  parts: z.array(z.object({ number: z.int(), etag: z.string(), size: z.int() })),
});

/** The calls of an upload, by what they do: each may be made again. */
function call(method: 'POST' | 'DELETE', path: string, json?: JsonValue): HttpCall {
  return { method, path, effect: 'repeatable', ...(json !== undefined && { json }) };
}

function sessionPath(session: JsonValue): string {
  return `/uploads/${z.object({ upload: z.string() }).parse(session).upload}`;
}

function plain(parts: ArrivedPart[]): JsonValue {
  return parts.map(({ number, etag }) => ({ number, etag }));
}

const file = { fileField: 'file', filename: 'clip.mp4', contentType: 'video/mp4' };

export type AcmeUpload = Required<AdapterUpload<{ whole?: boolean }>>;

/** The parts of an upload that Acme has, all of them right. */
export function acmeUpload(baseUrl: string, answered: AcmeUpload['answered']): AcmeUpload {
  return {
    ways: acmeWays,
    wish: ({ options }) => (options.whole === true ? 'whole' : undefined),
    async begin(_request, { size, way }, { http }) {
      if (way === 'whole') {
        const url = `${baseUrl}/jobs`;
        return { kind: 'form', url, authorized: true, fields: [], ...file, answer: 'json', uploaded: null };
      }
      if (way === 'form') {
        const { id, url, policy } = (await http.call(call('POST', '/uploads', { size }))).parse(formSchema);
        const fields: [string, string][] = [
          ['key', id],
          ['policy', policy],
        ];
        return { kind: 'form', url, fields, ...file, answer: 'none', uploaded: { upload: id } };
      }
      const { id, partSize, parts } = (await http.call(call('POST', '/uploads/parts', { size }))).parse(partsSchema);
      return { kind: 'parts', session: { upload: id }, uploaded: { upload: id }, partSize, first: parts };
    },
    async sign(session, numbers, { http }) {
      const answer = await http.call(call('POST', `${sessionPath(session)}/urls`, numbers));
      return answer.parse(z.array(partSchema));
    },
    async list(session, { http }) {
      return (await http.call({ method: 'GET', path: sessionPath(session) })).parse(arrivedSchema).parts;
    },
    async report(session, parts, { http }) {
      await http.call(call('POST', `${sessionPath(session)}/parts`, plain(parts)));
    },
    async complete(session, parts, { http }) {
      await http.call(call('POST', `${sessionPath(session)}/done`, plain(parts)));
    },
    async abort(session, { http }) {
      await http.call(call('DELETE', sessionPath(session)));
    },
    answered,
  };
}

const signed = [1, 2].map((number) => ({
  number,
  url: `https://store.example/clip?part=${number}&signature=signature-of-part-${number}`,
}));

export const uploadSamples: UploadSamples = {
  begun: {
    form: { json: { id: 'upload-1', url: 'https://store.example/', policy: 'policy-of-upload-1' } },
    parts: { json: { id: 'upload-2', partSize: 800, parts: signed } },
  },
  completed: { status: 204, text: '' },
  started: { status: 201, json: { id: 'job-8', state: 'waiting' } },
  answered: { status: 201, json: { id: 'job-9', state: 'waiting' } },
  signed: { json: signed },
  listed: [{ json: { parts: [{ number: 1, etag: '"0123"', size: 800 }] } }],
  reported: { status: 204, text: '' },
  aborted: { status: 204, text: '' },
};

function from(size: number) {
  return { kind: 'file', path: '/videos/clip.mp4', size, modifiedAt: 0 } as const;
}

export const uploads: NonNullable<AdapterSubject['uploads']> = {
  form: { source: from(999) },
  parts: { source: from(1_500) },
  whole: { source: from(500), options: { acme: { whole: true } } },
};
