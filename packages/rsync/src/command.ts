import { chmod, writeFile } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import { join } from 'node:path';
import type { FilePlace } from './place.js';
import type { Program } from './run-program.js';

/** What an application may say of how hosts are trusted and entered. */
export interface SshSettings {
  knownHosts?: string | undefined;
  identityFile?: string | undefined;
  hostKeys: 'known' | 'accept-new';
}

/** How a file is reached. */
export interface CommandOptions {
  place: FilePlace;
  /** As the guard gave it: connected to in place of the host's name. */
  address: string;
  /** Private: for what the programs must read, and for the copy. */
  folder: string;
  ssh: SshSettings;
  idleTimeoutMs: number;
}

/**
 * The rsync that reads one file, or lists it. The file's name goes to it on its standard input, ended by a zero: nothing in it is ever
 * taken for an option or a pattern, here or there.
 */
export async function makeCommand(options: CommandOptions, what: 'list' | 'copy'): Promise<Omit<Program, 'signal'>> {
  const { place, idleTimeoutMs } = options;
  const seconds = String(Math.max(1, Math.ceil(idleTimeoutMs / 1_000)));
  const how = what === 'list' ? ['--list-only', '--no-h'] : copying;
  const parameters = [
    ...['--from0', '--files-from=-', '--secluded-args', '--copy-links', '--no-motd', `--timeout=${seconds}`, ...how],
    ...(place.transport === 'daemon' ? [`--contimeout=${seconds}`] : [`--rsh=${await remoteShell(options)}`]),
    ...['--', from(options), `${options.folder}/`],
  ];
  return { program: 'rsync', parameters, environment: await environmentFor(options), input: `${place.path}\0` };
}

/** In one piece, under no other name, readable for nobody else; the folders on the way to it are not made like the far ones. */
const copying = ['--whole-file', '--inplace', '--no-implied-dirs', '--perms', '--chmod=D700,F600'];

function from({ place, address }: CommandOptions): string {
  if (place.transport === 'ssh') return place.base === '~' ? `${sshAlias}:` : `${sshAlias}:/`;
  const host = isIPv6(address) ? `[${address}]` : address;
  const user = place.username === undefined ? '' : `${place.username}@`;
  return `rsync://${user}${host}${place.port === undefined ? '' : `:${place.port}`}/${place.base}/`;
}

/** Who is meant stands in the configuration that ssh is given. */
const sshAlias = 'source';

/** rsync reads the words itself; in quotes, a quote is written twice. */
async function remoteShell(options: CommandOptions): Promise<string> {
  const configuration = join(options.folder, 'ssh_config');
  await writeFile(configuration, sshConfiguration(options), { mode: 0o600 });
  return `ssh -F '${configuration.replaceAll("'", "''")}'`;
}

function sshConfiguration({ place, address, ssh, idleTimeoutMs }: CommandOptions): string {
  const { host, port = 22, username, password } = place;
  const seconds = Math.max(1, Math.ceil(idleTimeoutMs / 1_000));
  const settings: Record<string, string | number | undefined> = {
    HostName: address,
    Port: port,
    User: username,
    // The key is the name's, whatever address it has now.
    HostKeyAlias: port === 22 ? host : `[${host}]:${port}`,
    CheckHostIP: 'no',
    StrictHostKeyChecking: ssh.hostKeys === 'known' ? 'yes' : 'accept-new',
    UserKnownHostsFile: ssh.knownHosts === undefined ? undefined : quoted(ssh.knownHosts),
    GlobalKnownHostsFile: ssh.knownHosts === undefined ? undefined : 'none',
    IdentityFile: ssh.identityFile === undefined ? undefined : quoted(ssh.identityFile),
    IdentitiesOnly: ssh.identityFile === undefined ? undefined : 'yes',
    BatchMode: password === undefined ? 'yes' : 'no',
    NumberOfPasswordPrompts: 1,
    PreferredAuthentications: `publickey${password === undefined ? '' : ',password,keyboard-interactive'}`,
    ConnectTimeout: seconds,
    ServerAliveInterval: seconds,
    ServerAliveCountMax: 1,
    ...{
      ClearAllForwardings: 'yes',
      ForwardAgent: 'no',
      ForwardX11: 'no',
      PermitLocalCommand: 'no',
      ControlMaster: 'no',
    },
  };
  const lines = Object.entries(settings).filter(([, value]) => value !== undefined);
  return [`Host ${sshAlias}`, ...lines.map(([name, value]) => `  ${name} ${value}`), ''].join('\n');
}

function quoted(path: string): string {
  return `"${path.replaceAll(/["\\]/g, (sign) => `\\${sign}`).replaceAll('%', '%%')}"`;
}

/** What the programs need of ours, and secrets: in the environment, which only the same user can read, and never in a parameter. */
async function environmentFor({ place, folder }: CommandOptions): Promise<Record<string, string>> {
  const kept = ['PATH', 'HOME', 'TMPDIR', 'SSH_AUTH_SOCK'].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  // Times and messages are read.
  const common = { ...Object.fromEntries(kept), LC_ALL: 'C', TZ: 'UTC' };
  const { transport, password } = place;
  if (transport === 'daemon') return { ...common, RSYNC_PASSWORD: password ?? '' };
  if (password === undefined) return common;
  const askpass = join(folder, 'askpass');
  await writeFile(askpass, '#!/bin/sh\nprintf \'%s\\n\' "$SLUICE_SSH_PASSWORD"\n', { mode: 0o700 });
  await chmod(askpass, 0o700);
  return { ...common, SSH_ASKPASS: askpass, SSH_ASKPASS_REQUIRE: 'force', SLUICE_SSH_PASSWORD: password };
}
