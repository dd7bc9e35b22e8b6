import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startDaemon } from './daemon.js';
import type { FolderServer } from './ftp.js';
import { freePorts, missingPrograms } from './programs.js';

const run = promisify(execFile);

/** An ssh server for the user who runs the test. */
export interface SshServer extends FolderServer {
  username: string;
  /** Path of the private key that opens it. */
  identityFile: string;
  /** Path of a known_hosts file that names it. */
  knownHosts: string;
}

/** Why there is no sshd with rsync to be had here; undefined where there is one. */
export function missingSshd(): Promise<string | undefined> {
  return missingPrograms({
    programs: ['/usr/sbin/sshd', 'ssh', 'ssh-keygen', 'rsync'],
    packages: ['openssh-server', 'openssh-client', 'rsync'],
  });
}

/** Starts sshd with a host key and an authorized key of its own. */
export async function startSshd(): Promise<SshServer> {
  const home = await mkdtemp(join(tmpdir(), 'sluice-sshd-'));
  const folder = join(home, 'files');
  await mkdir(folder);
  const [hostKey, identityFile] = [join(home, 'host_key'), join(home, 'identity')];
  for (const key of [hostKey, identityFile]) await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
  await writeFile(join(home, 'authorized_keys'), await readFile(`${identityFile}.pub`), { mode: 0o600 });
  const [port = 0] = await freePorts(1);
  const knownHosts = join(home, 'known_hosts');
  await writeFile(knownHosts, `[127.0.0.1]:${port} ${await readFile(`${hostKey}.pub`, 'utf8')}`);
  const settings = [
    ...['ListenAddress 127.0.0.1', `Port ${port}`, `HostKey ${hostKey}`, `PidFile ${join(home, 'pid')}`],
    ...[`AuthorizedKeysFile ${join(home, 'authorized_keys')}`, 'StrictModes no', 'UsePAM no'],
    ...['PasswordAuthentication no', 'PermitRootLogin yes', 'MaxStartups 100', ''],
  ];
  const configuration = join(home, 'sshd_config');
  await writeFile(configuration, settings.join('\n'));
  // Where it gives up its rights while a stranger knocks.
  if (process.getuid?.() === 0) await mkdir('/run/sshd', { recursive: true });
  const parameters = ['-D', '-e', '-f', configuration];
  const stop = await startDaemon({ program: '/usr/sbin/sshd', parameters, port, folder: home });
  return { host: '127.0.0.1', port, folder, stop, username: userInfo().username, identityFile, knownHosts };
}
