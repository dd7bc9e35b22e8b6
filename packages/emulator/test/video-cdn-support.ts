import { createHash, randomBytes } from 'node:crypto';
import * as z from 'zod';
import type { Emulator, EmulatorOptions } from '../src/index.js';
import { curl, emulate } from './support.js';

/** An emulator whose Video CDN does not tarry, unless the test says so. */
export function emulateCdn(
  videoCdn: EmulatorOptions['videoCdn'] = {},
  options: EmulatorOptions = {},
): Promise<Emulator> {
  return emulate({ ...options, videoCdn: { pullMs: 0, ...videoCdn } });
}

const answerSchema = z.record(z.string(), z.unknown());

type Form = Record<string, string | number>;

/** Posts a form with curl as the owner, and answers with the status and the JSON. */
export function post(emulator: Emulator, path: string, form: Form) {
  const { login, password } = emulator.videoCdn;
  return postAs(['--user', `${login}:${password}`], { emulator, path, form });
}

/** The same as somebody else, by curl's parameters. */
export async function postAs(
  user: string[],
  { emulator, path, form }: { emulator: Emulator; path: string; form: Form },
): Promise<{ status: number; text: string; json: unknown }> {
  const fields = Object.entries(form).flatMap(([name, value]) => ['--data-urlencode', `${name}=${value}`]);
  const url = `${emulator.videoCdn.baseUrl}${path}`;
  const said = await curl(...user, '--write-out', '\n%{http_code}', ...fields, '-X', 'POST', url);
  const [, text = '', status] = /^(.*)\n(\d+)$/s.exec(said) ?? [];
  const json: unknown = /^[{[]/.test(text) ? JSON.parse(text) : undefined;
  return { status: Number(status), text, json };
}

/** Adds a sample and answers with its id. */
export async function add(emulator: Emulator, form: Form = {}): Promise<number> {
  const answer = await post(emulator, '/file/add', addForm(emulator, form));
  return z.object({ id: z.number() }).parse(answer.json).id;
}

/** A sample as it is added, but for what the test says. */
export function addForm({ media }: Emulator, change: Form = {}): Form {
  const [file] = media.files;
  return { location: file?.url ?? '', name: 'videos/clip.mp4', size: file?.size ?? 0, ...change };
}

/** A file's fields by a list, once its state is a last one. */
export async function ended(emulator: Emulator, name = 'videos/clip.mp4'): Promise<Record<string, unknown>> {
  for (let round = 0; round < 500; round += 1) {
    const form = { fields: 'id,status,size,chksum,message,url', filter_full_name: name };
    const [file] = z.array(answerSchema).parse((await post(emulator, '/file/list', form)).json);
    if (file?.status === 'ready' || file?.status === 'failed') return file;
  }
  throw new Error(`${name} does not end`);
}

/** As the provider's public text has it. */
export function oneTimePassword(
  { videoCdn }: Emulator,
  { expire = Math.ceil(Date.now() / 1_000) + 60, salt = randomBytes(12).toString('base64').replaceAll('/', ',') } = {},
): string {
  const digest = createHash('md5').update(`${expire}:${salt}:${videoCdn.password}`).digest('hex');
  return `${videoCdn.login}:${expire}:${salt}:${digest}`;
}
