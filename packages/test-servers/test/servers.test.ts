import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type FolderServer,
  missingPyftpdlib,
  missingRsync,
  missingSshd,
  missingVsftpd,
  type SshServer,
  startPyftpdlib,
  startRsyncDaemon,
  startSshd,
  startVsftpd,
} from '../src/index.js';

const run = promisify(execFile);

const missing = {
  vsftpd: await missingVsftpd(),
  pyftpdlib: await missingPyftpdlib(),
  rsync: await missingRsync(),
  sshd: await missingSshd(),
};

function served<Server extends FolderServer>(start: () => Promise<Server>): () => Server {
  let server: Server | undefined;
  beforeAll(async () => {
    server = await start();
    await writeFile(join(server.folder, 'clip.mp4'), 'what it holds');
  });
  afterAll(() => server?.stop());
  return () => {
    if (server === undefined) throw new Error('it did not start');
    return server;
  };
}

describe.skipIf(missing.vsftpd !== undefined)(`vsftpd (${missing.vsftpd ?? 'installed'})`, () => {
  const server = served(startVsftpd);
  const overTls = served(() => startVsftpd({ tls: 'implicit' }));

  it('serves its folder', async () => {
    const { stdout } = await run('curl', ['-s', `ftp://127.0.0.1:${server().port}/clip.mp4`]);
    expect(stdout).toBe('what it holds');
  });

  it('serves it over TLS', async () => {
    const { port, certificate = '' } = overTls();
    const { stdout } = await run('curl', ['-s', '--cacert', certificate, `ftps://127.0.0.1:${port}/clip.mp4`]);
    expect(stdout).toBe('what it holds');
  });
});

describe.skipIf(missing.pyftpdlib !== undefined)(`pyftpdlib (${missing.pyftpdlib ?? 'installed'})`, () => {
  const server = served(startPyftpdlib);

  it('serves its folder to who has the password', async () => {
    const { port, username, password } = server();
    const url = `ftp://127.0.0.1:${port}/clip.mp4`;
    const { stdout } = await run('curl', ['-s', '-u', `${username}:${password}`, url]);
    expect(stdout).toBe('what it holds');
    await expect(run('curl', ['-s', '-u', `${username}:wrong`, url])).rejects.toMatchObject({ code: 67 });
  });
});

describe.skipIf(missing.rsync !== undefined)(`an rsync daemon (${missing.rsync ?? 'installed'})`, () => {
  const server = served(startRsyncDaemon);

  it('serves its folder to who has the password', async () => {
    const { port, username, password } = server();
    const list = (secret: string) =>
      run('rsync', ['--list-only', `rsync://${username}@127.0.0.1:${port}/media/clip.mp4`], {
        env: { ...process.env, RSYNC_PASSWORD: secret },
      });
    expect((await list(password)).stdout).toContain('clip.mp4');
    await expect(list('wrong')).rejects.toMatchObject({ code: 5 });
  });
});

describe.skipIf(missing.sshd !== undefined)(`sshd (${missing.sshd ?? 'installed'})`, () => {
  const server: () => SshServer = served(startSshd);

  it('lets in who has the key', async () => {
    const { port, username, identityFile, knownHosts, folder } = server();
    const options = [`UserKnownHostsFile=${knownHosts}`, 'BatchMode=yes'].flatMap((option) => ['-o', option]);
    const place = ['-p', String(port), '-i', identityFile, `${username}@127.0.0.1`];
    const { stdout } = await run('ssh', [...options, ...place, 'cat', join(folder, 'clip.mp4')]);
    expect(stdout).toBe('what it holds');
  });
});
