import { spawn } from 'node:child_process';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { VideoCdnState } from '../state.js';
import type { OpenLocation } from './open-location.js';
import { readSourceUrl, type SourceUrl } from './source-url.js';

const IDLE_SECONDS = 30;

/** What is run: nothing secret is among the parameters, which everybody can see. */
interface Command {
  parameters: string[];
  environment: Record<string, string>;
}

/** Fetches a file with the rsync program, over its own protocol or over ssh. rsync writes to no pipe, so it goes through a file. */
export async function openRsync(state: VideoCdnState, location: string, signal: AbortSignal): Promise<OpenLocation> {
  const folder = await mkdtemp(join(state.directory, 'rsync-'));
  const close = () => rm(folder, { recursive: true, force: true });
  const target = join(folder, 'file');
  try {
    const source = readSourceUrl(location);
    const overSsh = new URL(location).protocol === 'rsync+ssh:';
    const command = overSsh ? await sshCommand(state, source, folder) : daemonCommand(source);
    await run({ ...command, parameters: [...command.parameters, target] }, signal);
    const file = await open(target).catch(() => Promise.reject(new Error('the source is no file')));
    return { bytes: file.createReadStream(), close };
  } catch (error) {
    await close();
    throw error;
  }
}

const COMMON = ['--inplace', '--whole-file', '--no-motd', `--timeout=${IDLE_SECONDS}`];

function daemonCommand({ host, port, username, password, path }: SourceUrl): Command {
  const user = username === '' ? '' : `${username}@`;
  const parameters = [
    ...COMMON,
    `--port=${port || 873}`,
    '--',
    `${user}${bracketed(host)}::${path.replace(/^\//, '')}`,
  ];
  return { parameters, environment: password === '' ? {} : { RSYNC_PASSWORD: password } };
}

async function sshCommand({ settings }: VideoCdnState, source: SourceUrl, folder: string): Promise<Command> {
  const { host, port, username, password, path } = source;
  const { identityFile, knownHosts } = settings.ssh;
  const options = [
    'StrictHostKeyChecking=yes',
    'ConnectTimeout=10',
    'NumberOfPasswordPrompts=1',
    ...(password === '' ? ['BatchMode=yes'] : []),
    ...(knownHosts === undefined ? [] : [`UserKnownHostsFile=${knownHosts}`, 'GlobalKnownHostsFile=/dev/null']),
    ...(identityFile === undefined ? [] : ['IdentitiesOnly=yes', `IdentityFile=${identityFile}`]),
  ];
  // rsync splits it at blanks itself, without a shell.
  const shell = ['ssh', '-p', String(port || 22), ...options.flatMap((option) => ['-o', `'${option}'`])].join(' ');
  const parameters = [...COMMON.filter((one) => one !== '--no-motd'), '--protect-args', '-e', shell, '--'];
  const user = username === '' ? '' : `${username}@`;
  const environment = password === '' ? {} : await askpass(folder, password);
  return { parameters: [...parameters, `${user}${bracketed(host)}:${path}`], environment };
}

/** ssh asks a program for the password; the program finds it in its environment. */
async function askpass(folder: string, password: string): Promise<Record<string, string>> {
  const program = join(folder, 'askpass');
  await writeFile(program, '#!/bin/sh\nprintf "%s\\n" "$EMULATOR_SSH_PASSWORD"\n', { mode: 0o700 });
  return { SSH_ASKPASS: program, SSH_ASKPASS_REQUIRE: 'force', DISPLAY: ':0', EMULATOR_SSH_PASSWORD: password };
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

function run({ parameters, environment }: Command, signal: AbortSignal): Promise<void> {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn('rsync', parameters, {
    env: { PATH, HOME, LC_ALL: 'C', ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
    signal,
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = `${said}${text}`.slice(0, 2_000);
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`rsync ended with ${code}: ${said.trim().split('\n').at(0) ?? ''}`));
    });
  });
}
