import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificate } from './certificate.js';
import { startDaemon } from './daemon.js';
import { freePorts, missingPrograms } from './programs.js';

/** A server on loopback whose files lie in a folder. */
export interface FolderServer {
  host: string;
  port: number;
  /** What it serves: to be filled by the test. */
  folder: string;
  /** Ends it and removes its files. */
  stop(): Promise<void>;
}

/** Why there is no vsftpd to be had here; undefined where there is one. */
export function missingVsftpd(): Promise<string | undefined> {
  return missingPrograms({ programs: ['vsftpd', 'openssl'], packages: ['vsftpd', 'openssl'] });
}

/**
 * vsftpd for everybody, without a password. With `tls` it speaks nothing else; `certificate` is the path of what its clients must trust.
 */
export async function startVsftpd({
  tls,
}: {
  tls?: 'explicit' | 'implicit';
} = {}): Promise<FolderServer & { certificate?: string }> {
  const home = await mkdtemp(join(tmpdir(), 'sluice-vsftpd-'));
  const folder = join(home, 'files');
  await mkdir(folder);
  const [port = 0, low = 0] = await freePorts(2);
  const certificate = tls === undefined ? undefined : await makeCertificate(home);
  const configuration = join(home, 'vsftpd.conf');
  const settings = {
    ...{ listen: 'YES', listen_address: '127.0.0.1', listen_port: port, background: 'NO' },
    ...{ run_as_launching_user: 'YES', seccomp_sandbox: 'NO', no_anon_password: 'YES', anonymous_enable: 'YES' },
    ...{ local_enable: 'NO', anon_root: folder, anon_world_readable_only: 'NO', mdtm_write: 'NO' },
    ...{ pasv_enable: 'YES', pasv_min_port: low, pasv_max_port: low + passivePorts, pasv_address: '127.0.0.1' },
    ...{ secure_chroot_dir: folder, allow_writeable_chroot: 'YES', xferlog_enable: 'NO', max_per_ip: 0 },
    ...(certificate !== undefined && {
      ...{ ssl_enable: 'YES', allow_anon_ssl: 'YES', force_anon_data_ssl: 'YES', force_anon_logins_ssl: 'YES' },
      ...{ ssl_tlsv1: 'YES', implicit_ssl: tls === 'implicit' ? 'YES' : 'NO', require_ssl_reuse: 'YES' },
      ...{ rsa_cert_file: certificate.certificate, rsa_private_key_file: certificate.key },
    }),
  };
  await writeFile(
    configuration,
    Object.entries(settings)
      .map((pair) => `${pair.join('=')}\n`)
      .join(''),
  );
  const stop = await startDaemon({ program: 'vsftpd', parameters: [configuration], port, folder: home });
  return { host: '127.0.0.1', port, folder, stop, ...(certificate && { certificate: certificate.certificate }) };
}

/** Why there is no pyftpdlib to be had here; undefined where there is one. */
export function missingPyftpdlib(): Promise<string | undefined> {
  return missingPrograms({ modules: ['pyftpdlib'], programs: ['/usr/bin/python3'], packages: ['python3-pyftpdlib'] });
}

/** pyftpdlib with one user and a password. */
export async function startPyftpdlib(): Promise<FolderServer & { username: string; password: string }> {
  const home = await mkdtemp(join(tmpdir(), 'sluice-pyftpdlib-'));
  const folder = join(home, 'files');
  await mkdir(folder);
  const account = { username: 'sluice', password: 'p@ss w:rd/ü' };
  const [port = 0, low = 0] = await freePorts(2);
  const parameters = [
    ...['-m', 'pyftpdlib', '-i', '127.0.0.1', '-p', String(port), '-d', folder],
    ...['-u', account.username, '-P', account.password, '-r', `${low}-${low + passivePorts}`],
  ];
  const stop = await startDaemon({ program: '/usr/bin/python3', parameters, port, folder: home });
  return { host: '127.0.0.1', port, folder, stop, ...account };
}

/** Taken one after another for the connections that carry files. */
const passivePorts = 100;
