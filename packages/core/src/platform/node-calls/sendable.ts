import type { CallInit } from '../../wire/call-fetch.js';

const defaults = { 'user-agent': 'node', 'accept-encoding': 'gzip, br' };

/** The bytes of a call's body, and all its headers. */
export async function sendable({
  headers,
  body,
}: CallInit): Promise<{ headers: Record<string, string>; body: Buffer | undefined }> {
  const all: Record<string, string> = { ...defaults, ...Object.fromEntries(headers) };
  if (body === undefined) return { headers: all, body };
  const bytes = typeof body === 'string' ? Buffer.from(body) : await writeForm(body, all);
  all['content-length'] = String(bytes.byteLength);
  return { headers: all, body: bytes };
}

/** The platform knows how a form is written, and what its type is called then. */
async function writeForm(form: URLSearchParams | FormData, headers: Record<string, string>): Promise<Buffer> {
  const written = new Response(form);
  headers['content-type'] ??= written.headers.get('content-type') ?? '';
  return Buffer.from(await written.arrayBuffer());
}
