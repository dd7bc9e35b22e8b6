import type { Emulator, EmulatorLogEntry, EmulatorOptions } from '@sluice/emulator';
import { exitCode } from '../exit-code.js';
import { Interruption } from '../interruption.js';
import { type Style, styleOf } from '../output/style.js';
import { printable } from '../output/text.js';
import { readFault } from '../request/fault.js';
import { usageError } from '../usage.js';

/** What `sluice emulator` takes. */
export interface EmulatorCommandOptions {
  port?: number;
  speed?: number;
  fault?: string[];
  json?: boolean;
}

/** `sluice emulator`: runs until Ctrl-C, which is its ordinary end. */
export async function emulatorCommand(options: EmulatorCommandOptions): Promise<number> {
  const { port, speed, fault = [], json = false } = options;
  const style = styleOf(process.stdout);
  const print = (line: string) => process.stdout.write(`${line}\n`);
  const interruption = new Interruption();
  const emulator = await start(fault.map(readFault), {
    ...(port !== undefined && { port }),
    ...(speed !== undefined && { speed }),
    log: (entry) => print(json ? JSON.stringify({ type: 'call', ...entry }) : renderLogEntry(entry, style)),
  });
  if (json) print(JSON.stringify({ type: 'ready', ...describeAddresses(emulator) }));
  else for (const line of renderWelcome(emulator, style)) print(line);
  await new Promise<void>((resolve) => {
    interruption.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  interruption.end();
  await emulator.close();
  return exitCode.completed;
}

async function start(faults: unknown[], options: EmulatorOptions): Promise<Emulator> {
  const { startEmulator, faultRuleSchema } = await import('@sluice/emulator');
  const rules = faults.map((fault) => {
    const rule = faultRuleSchema.safeParse(fault);
    if (rule.success) return rule.data;
    const [issue] = rule.error.issues;
    throw usageError(
      `--fault: ${issue === undefined ? 'is no rule' : [issue.path.join('.'), issue.message].filter(Boolean).join(': ')}`,
    );
  });
  try {
    return await startEmulator({ ...options, faults: rules });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
      throw usageError(
        `--port ${options.port}: something else listens there; take another, or leave it out for any free one`,
      );
    }
    throw error;
  }
}

/** The keys are the emulator's own and open nothing else: they may be shown. */
function describeAddresses({ url, importly, firework, videoCdn, twelvelabs, media, s3 }: Emulator) {
  const { clientId, clientSecret, channelId } = firework;
  return {
    url,
    importly: { baseUrl: importly.baseUrl, apiKey: importly.apiKey },
    firework: { baseUrl: firework.baseUrl, clientId, clientSecret, channelId },
    videoCdn: { baseUrl: videoCdn.baseUrl, login: videoCdn.login, password: videoCdn.password },
    twelvelabs: { baseUrl: twelvelabs.baseUrl, apiKey: twelvelabs.apiKey },
    media: media.files.map((file) => file.url),
    s3,
  };
}

/** A configuration that leads to this emulator. Its addresses are private ones, which imports otherwise refuse. */
function emulatorConfiguration({ providers }: Emulator) {
  return { default: 'importly', providers, network: { allowPrivateAddresses: true } };
}

function renderWelcome(emulator: Emulator, style: Style): string[] {
  const [first] = emulator.media.files;
  return [
    `${style.good('●')} ${style.bold('the emulator listens')} at ${emulator.url}  (clock x${emulator.clock.speed})`,
    '',
    style.dim('sluice.config.json:'),
    JSON.stringify(emulatorConfiguration(emulator), undefined, 2),
    '',
    style.dim('sources to import:'),
    ...emulator.media.files.map(({ url, size }) => `  ${url}  ${style.dim(`${size.toLocaleString('en-US')} bytes`)}`),
    '',
    style.dim('and then, in another terminal:'),
    `  sluice import ${first?.url ?? `${emulator.media.url}/sample.mp4`}`,
    '  sluice import ./film.mp4 --provider firework',
    '',
    style.dim('what it is asked (Ctrl-C ends it):'),
  ];
}

/** One line of the emulator's log: when, who, what, how it was answered, and what a reader would want to know. */
function renderLogEntry({ time, provider, method, path, status, note }: EmulatorLogEntry, style: Style): string {
  const clock = new Date(time).toISOString().slice(11, 23);
  const answer = status === null ? style.bad('---') : paintStatus(status, style);
  const call = `${method.padEnd(4)} ${printable(path)}`;
  return `${style.dim(clock)}  ${provider.padEnd(10)} ${answer}  ${call}${note === '' ? '' : style.dim(`  ${printable(note)}`)}`;
}

function paintStatus(status: number, style: Style): string {
  const text = String(status);
  if (status >= 500) return style.bad(text);
  return status >= 400 ? style.warn(text) : style.good(text);
}
