import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Emulator, type EmulatorOptions, startEmulator } from '@sluice/emulator';
import { onTestFinished } from 'vitest';
import * as z from 'zod';

/** The command as it is installed. */
export const commandFile = fileURLToPath(new URL('../../bin/sluice.js', import.meta.url));

/** What a run of the command left. */
export interface Ran {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** A run that is not over. */
export interface Running {
  child: ChildProcess;
  /** Resolves as soon as standard output and error together hold the text. */
  said(text: string | RegExp): Promise<void>;
  ended: Promise<Ran>;
}

/** A folder with a configuration, and an emulator to import from and into. */
export interface World {
  emulator: Emulator;
  folder: string;
  /** A sample that the emulator serves. */
  source: string;
  /** Runs the command in the folder. */
  sluice(...words: string[]): Promise<Ran>;
  /** Runs a line of the shell in the folder; `sluice` is the command in it. */
  shell(line: string): Promise<Ran>;
  /** Starts the command in the folder. */
  start(...words: string[]): Running;
  /** Writes a file into the folder. */
  write(name: string, content: string | object): Promise<void>;
  /** The folder's usual configuration, changed. */
  configuration(settings?: object): object;
}

/** Makes a world for one test, and takes it away afterwards. */
export async function makeWorld(options: EmulatorOptions = {}, settings: object = {}): Promise<World> {
  const world = await openWorld(options, settings);
  onTestFinished(world.close);
  return world;
}

/** Makes a world that is taken away by `close`. */
export async function openWorld(
  options: EmulatorOptions = {},
  settings: object = {},
): Promise<World & { close: () => Promise<void> }> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'sluice-command-')));
  const emulator = await startEmulator({ speed: 20, ...options });
  const { apiKey, baseUrl } = emulator.importly;
  const configuration = (changes: object = {}) => ({
    providers: {
      importly: { adapter: '@sluice/importly', apiKey, baseUrl, pollIntervalMs: 20, ...settings, ...changes },
    },
    store: { adapter: '@sluice/sqlite', path: 'jobs.db' },
    network: { allowPrivateAddresses: true },
  });
  const started: ChildProcess[] = [];
  const start = (...words: string[]) => {
    const running = startCommand(words, folder);
    started.push(running.child);
    return running;
  };
  const shell = (line: string) => {
    const script = line.replaceAll(/\bsluice (?=\w)/g, `"${process.execPath}" "${commandFile}" `);
    const running = startProcess('sh', ['-c', script], folder);
    started.push(running.child);
    return running.ended;
  };
  const write = async (name: string, content: string | object) => {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
  };
  await write('sluice.config.json', configuration());
  const close = async () => {
    // A test that failed half-way leaves none behind.
    for (const child of started) if (child.exitCode === null) child.kill('SIGKILL');
    await emulator.close();
    await rm(folder, { recursive: true, force: true });
  };
  const source = `${emulator.media.url}/sample.mp4`;
  return {
    emulator,
    folder,
    source,
    shell,
    start,
    write,
    configuration,
    close,
    sluice: (...words) => start(...words).ended,
  };
}

/** The environment of a person who has set nothing: what stands in the test's own is of no account. */
export function cleanEnvironment(folder: string): NodeJS.ProcessEnv {
  const { PATH } = process.env;
  return { PATH, HOME: folder, XDG_STATE_HOME: join(folder, 'state'), TERM: 'xterm-256color' };
}

function startCommand(words: string[], folder: string): Running {
  return startProcess(process.execPath, [commandFile, ...words], folder);
}

function startProcess(program: string, words: string[], folder: string): Running {
  const env = cleanEnvironment(folder);
  const child = spawn(program, words, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const ran: Ran = { code: null, stdout: '', stderr: '' };
  const listeners = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      ran[name] += text;
      for (const listener of listeners) listener();
    });
  }
  const ended = new Promise<Ran>((resolve, reject) => {
    child.on('error', reject).on('close', (code) => resolve({ ...ran, code }));
  });
  const said = (wanted: string | RegExp) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (!new RegExp(wanted).test(ran.stdout + ran.stderr)) return;
        listeners.delete(look);
        resolve();
      };
      listeners.add(look);
      look();
      void ended.then(() => reject(new Error(`it ended without ${wanted}: ${JSON.stringify(ran)}`)));
    });
  return { child, said, ended };
}

const itemSchema = z.discriminatedUnion('ok', [
  z.strictObject({
    ok: z.literal(true),
    ref: z.string(),
    outcome: z.enum(['created', 'replaced', 'existing']).optional(),
    asset: z.strictObject({
      id: z.string(),
      url: z.string().nullable(),
      size: z.number().nullable(),
      sha256: z.string().nullable(),
      durationSeconds: z.number().nullable(),
      expiresAt: z.string().nullable(),
    }),
    checks: z.strictObject({
      size: z.strictObject({ outcome: z.string() }),
      sha256: z.strictObject({ outcome: z.string() }),
    }),
  }),
  z.strictObject({
    ok: z.literal(false),
    ref: z.string(),
    error: z.strictObject({ code: z.string(), message: z.string(), retry: z.string() }),
  }),
]);

const jobSchema = z.strictObject({
  id: z.string(),
  provider: z.string(),
  state: z.enum(['queued', 'running', 'completed', 'failed', 'canceled']),
  rawState: z.string().nullable(),
  items: z.array(itemSchema),
  warnings: z.array(z.strictObject({ code: z.string(), message: z.string() })),
  error: z.looseObject({ code: z.string(), message: z.string(), retry: z.string() }).nullable(),
});

const lineSchema = z.discriminatedUnion('type', [
  z.looseObject({ type: z.enum(['state', 'progress', 'warning', 'retry']), job: z.string() }),
  z.strictObject({ type: z.literal('job'), job: jobSchema }),
]);

/** What `--json` says of a job at the end. */
export type JobLine = z.infer<typeof jobSchema>;

/** The lines of a run with `--json`, in the shapes that are promised. */
export function linesOf({ stdout }: Ran) {
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => lineSchema.parse(JSON.parse(line)));
}

/** The `job` lines. Fails unless each job that is named has exactly one, and it is the last that names it. */
export function jobsOf(ran: Ran): JobLine[] {
  const lines = linesOf(ran);
  const last = new Map<string, string>();
  for (const line of lines) {
    const id = line.type === 'job' ? line.job.id : line.job;
    if (last.get(id) === 'job') throw new Error(`${id} is named after its job line: ${ran.stdout}`);
    last.set(id, line.type);
  }
  for (const [id, type] of last) if (type !== 'job') throw new Error(`${id} ends in ${type}: ${ran.stdout}`);
  return lines.flatMap((line) => (line.type === 'job' ? [line.job] : []));
}

/** The only job line. */
export function jobOf(ran: Ran): JobLine {
  const [job, ...others] = jobsOf(ran);
  if (job === undefined || others.length > 0) throw new Error(`not one job: ${JSON.stringify(ran)}`);
  return job;
}
