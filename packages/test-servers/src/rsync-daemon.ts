import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDaemon } from './daemon.js';
import type { FolderServer } from './ftp.js';
import { freePorts, missingPrograms } from './programs.js';

/** Why there is no rsync to be had here; undefined where there is one. */
export function missingRsync(): Promise<string | undefined> {
  return missingPrograms({ programs: ['rsync'], packages: ['rsync'] });
}

/** An rsync daemon with the module `media` for one user, and the module `open` for everybody: both are its folder. */
export async function startRsyncDaemon(): Promise<FolderServer & { username: string; password: string }> {
  const home = await mkdtemp(join(tmpdir(), 'sluice-rsyncd-'));
  const folder = join(home, 'files');
  await mkdir(folder);
  const account = { username: 'sluice', password: 'rsync p@ss:w/rd' };
  await writeFile(join(home, 'secrets'), `${account.username}:${account.password}\n`, { mode: 0o600 });
  const identity = process.getuid?.() === 0 ? ['uid = 0', 'gid = 0'] : [];
  const shared = [`path = ${folder}`, 'read only = yes', 'use chroot = no', ...identity];
  const guarded = ['auth users = sluice', `secrets file = ${join(home, 'secrets')}`];
  const configuration = join(home, 'rsyncd.conf');
  const sections = ['[open]', ...shared, '[media]', ...shared, ...guarded, ''];
  await writeFile(configuration, sections.join('\n'));
  const [port = 0] = await freePorts(1);
  const parameters = ['--daemon', '--no-detach', '--address=127.0.0.1', `--port=${port}`, `--config=${configuration}`];
  const stop = await startDaemon({ program: 'rsync', parameters, port, folder: home });
  return { host: '127.0.0.1', port, folder, stop, ...account };
}
