import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as z from 'zod';
import type { Emulator } from '../src/index.js';

const runFile = promisify(execFile);

/** An answer as curl got it. */
export interface CurledAnswer {
  status: number;
  headers: Map<string, string>;
  body: string;
  json: Record<string, unknown>;
}

/** Runs curl with its headers printed, and reads what it printed. A connection without an answer has status 0. */
export async function ask(...parameters: string[]): Promise<CurledAnswer> {
  const command = ['--silent', '--include', '--max-time', '60', '--header', 'Expect:', ...parameters];
  const { stdout } = await runFile('curl', command).catch((error: { stdout: string }) => error);
  const [head = '', body = ''] = stdout.split(/\r\n\r\n(.*)/s);
  const [first = '', ...lines] = head.split('\r\n');
  const headers = new Map(
    lines.map((line) => [line.split(':')[0]?.toLowerCase() ?? '', line.replace(/^[^:]*:\s*/, '')]),
  );
  const object = z.record(z.string(), z.unknown()).safeParse(body.startsWith('{') ? JSON.parse(body) : {});
  return { status: Number(first.split(' ')[1] ?? 0), headers, body, json: object.data ?? {} };
}

/** The id in an answer. */
export function idOf({ json }: Pick<CurledAnswer, 'json'>): string {
  return z.string().parse(json.id);
}

/** A token, as the page's client credentials say. */
export async function tokenOf({ firework }: Emulator, scope?: string): Promise<string> {
  const { json } = await ask(
    `${firework.baseUrl}/oauth/token`,
    ...['--data', 'grant_type=client_credentials', '--data', `client_id=${firework.clientId}`],
    ...[
      '--data',
      `client_secret=${firework.clientSecret}`,
      ...(scope === undefined ? [] : ['--data', `scope=${scope}`]),
    ],
  );
  return z.string().parse(json.access_token);
}

/** Calls the emulated Firework with a token of its own: GET, or POST where there is a body. */
export async function callFirework(emulator: Emulator, path: string, { body, token, method }: FireworkCall = {}) {
  const json = body === undefined ? [] : ['--header', 'Content-Type: application/json', '--data', JSON.stringify(body)];
  const authorization = `Authorization: Bearer ${token ?? (await tokenOf(emulator))}`;
  const verb = method === undefined ? [] : ['--request', method];
  return ask(`${emulator.firework.baseUrl}${path}`, '--header', authorization, ...verb, ...json);
}

interface FireworkCall {
  body?: unknown;
  token?: string;
  method?: string;
}

const signatureSchema = z.object({
  key: z.string(),
  post_url: z.string(),
  policy: z.string(),
  signature: z.string(),
  date: z.string(),
  credential: z.string(),
  algorithm: z.string(),
  acl: z.string(),
});

/** A signed form. */
export type FormSignature = z.infer<typeof signatureSchema>;

/** Asks for the signature of a form upload. */
export async function signForm(emulator: Emulator, mimeType = 'video/mp4'): Promise<FormSignature> {
  const body = { filename: 'clip.mp4', mime_type: mimeType, channel_id: emulator.firework.channelId };
  return signatureSchema.parse((await callFirework(emulator, '/api/v1/upload_signatures', { body })).json);
}

/** The page's form fields in its order, as curl takes them. */
export function formFields(signed: FormSignature, file: string, type = 'video/mp4'): string[] {
  const fields = [
    `key=${signed.key}`,
    `acl=${signed.acl}`,
    `X-Amz-Algorithm=${signed.algorithm}`,
    `X-Amz-Credential=${signed.credential}`,
    `X-Amz-Date=${signed.date}`,
    `Policy=${signed.policy}`,
    `X-Amz-Signature=${signed.signature}`,
    `Content-Type=${type}`,
    `file=@${file};type=${type}`,
  ];
  return fields.flatMap((field) => ['--form', field]);
}

const partsSchema = z.object({
  key: z.string(),
  upload_id: z.string(),
  parts: z.array(z.object({ part: z.int(), signature: z.object({ put_url: z.string(), key: z.string() }) })),
});

/** Begins an upload in parts. */
export async function signParts(emulator: Emulator, count: number): Promise<z.infer<typeof partsSchema>> {
  const file = { filename: 'clip.mp4', mime_type: 'video/mp4', channel_id: emulator.firework.channelId };
  const body = { ...file, parts_count: count };
  return partsSchema.parse((await callFirework(emulator, '/api/v1/upload_multipart/signatures', { body })).json);
}
