import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  type FolderServer,
  missingRsync,
  missingSshd,
  type SshServer,
  startRsyncDaemon,
  startSshd,
} from '@sluice/test-servers';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { rsync } from '../src/index.js';
import { context } from './support.js';

const run = promisify(execFile);
const missing = { rsync: await missingRsync(), sshd: await missingSshd() };
const bytes = randomBytes(3_000_000);
const modified = new Date('2026-11-24T10:20:30Z');
const digest = (content: Uint8Array) => createHash('sha256').update(content).digest('hex');
/** Each would be something else in a shell, in a pattern, or as an option. */
const strangeNames = [
  'a folder/clip one.mp4',
  '-e sh x.mp4',
  'glob*[a-z]?.mp4',
  "it's $(touch pwned) `id`;&|.mp4",
  'back\\slash.mp4',
  'ünïcode – é.mp4',
  '100%.mp4',
  '~clip.mp4',
];

let temporary = '';
beforeEach(async () => {
  temporary = await mkdtemp(join(tmpdir(), 'sluice-test-'));
  onTestFinished(() => rm(temporary, { recursive: true, force: true }));
});

function served<Server extends FolderServer>(start: () => Promise<Server>): () => Server {
  let server: Server | undefined;
  beforeAll(async () => {
    server = await start();
    await mkdir(join(server.folder, 'a folder'));
    for (const name of strangeNames) await writeFile(join(server.folder, name), name);
    await writeFile(join(server.folder, 'clip.mp4'), bytes);
    await utimes(join(server.folder, 'clip.mp4'), modified, modified);
    await symlink('clip.mp4', join(server.folder, 'linked.mp4'));
  });
  afterAll(() => server?.stop());
  return () => {
    if (server === undefined) throw new Error('the server did not start');
    return server;
  };
}

const told = { size: bytes.byteLength, fingerprint: 'size 3000000, modified 2026/11/24 10:20:30' };
const escaped = (name: string) => name.split('/').map(encodeURIComponent).join('/');

/** What holds of a file, however it is reached. */
function fileSuite(urlOf: (name: string) => string, settings: () => Parameters<typeof rsync>[0]): void {
  const source = () => rsync({ ...settings(), folder: temporary });
  const left = () => readdir(temporary);

  it('tells size and time of last change, exactly, and of a link those of its file', async () => {
    expect(await source().look(urlOf('clip.mp4'), context())).toEqual(told);
    expect(await source().look(urlOf('linked.mp4'), context())).toEqual(told);
    expect(await left()).toEqual([]);
  });

  it('is copied for its owner alone, read at any position, and removed', async () => {
    const opened = await source().open(urlOf('clip.mp4'), context());
    expect(opened).toMatchObject({ ...told, seekable: true });
    const [folder = ''] = await left();
    expect((await stat(join(temporary, folder))).mode & 0o777).toBe(0o700);
    const { stdout: readable } = await run('find', [temporary, '-type', 'f', '-perm', '/077']);
    expect(readable).toBe('');
    const whole = Buffer.alloc(bytes.byteLength);
    expect(await opened.read(whole, 0)).toBe(bytes.byteLength);
    expect(digest(whole)).toBe(digest(bytes));
    expect(await opened.read(Buffer.alloc(100), bytes.byteLength - 10)).toBe(10);
    expect(await opened.look()).toEqual(told);
    await opened.close();
    expect(await left()).toEqual([]);
  });

  it.each(strangeNames)('takes the name %s for nothing but a name', async (name) => {
    const opened = await source().open(urlOf(escaped(name)), context());
    const content = Buffer.alloc(opened.size);
    await opened.read(content, 0);
    await opened.close();
    expect(content.toString()).toBe(name);
    expect(existsSync('pwned')).toBe(false);
  });

  it.each([
    ['a file that is not there', 'nothing.mp4', 'is not there, or may not be read'],
    ['a folder', 'a%20folder', 'is no file'],
  ])('%s is said so', async (_what, name, words) => {
    await expect(source().look(urlOf(name), context())).rejects.toMatchObject({
      code: 'source-unreachable',
      retry: 'never',
      message: expect.stringContaining(words),
    });
    await expect(source().open(urlOf(name), context())).rejects.toMatchObject({ code: 'source-unreachable' });
    expect(await left()).toEqual([]);
  });

  it('a change is seen', async () => {
    const opened = await source().open(urlOf('clip.mp4'), context());
    onTestFinished(() => opened.close());
    const path = join(folderOf(), 'clip.mp4');
    await writeFile(path, Buffer.concat([bytes, bytes]));
    const now = await opened.look();
    await writeFile(path, bytes);
    await utimes(path, modified, modified);
    expect(now.size).toBe(2 * bytes.byteLength);
  });

  it('connects to the address that it is given, and passes a refusal on', async () => {
    const refusal = new Error('private');
    const looking = source().look(urlOf('clip.mp4'), context({ resolve: () => Promise.reject(refusal) }));
    await expect(looking).rejects.toBe(refusal);
  });

  it('ends its programs and removes its copy when it is stopped', async () => {
    const stop = new AbortController();
    const opening = source().open(urlOf('huge.mp4'), context({ signal: stop.signal }));
    opening.catch(() => undefined);
    await expect.poll(async () => sizeBelow(temporary), { timeout: 10_000, interval: 5 }).toBeGreaterThan(0);
    expect(await runningIn(temporary)).toBeGreaterThan(0);
    stop.abort();
    await expect(opening).rejects.toMatchObject({ code: 'aborted' });
    expect(await left()).toEqual([]);
    expect(await runningIn(temporary)).toBe(0);
  });

  it('does not go around a proxy', async () => {
    const looking = source().look(urlOf('clip.mp4'), context({ network: { proxy: 'http://127.0.0.1:9' } }));
    await expect(looking).rejects.toMatchObject({ code: 'unsupported' });
  });

  const folderOf = () => new URL(urlOf('')).hash.slice(1);
}

async function sizeBelow(folder: string): Promise<number> {
  const { stdout } = await run('du', ['-sb', '--apparent-size', folder]).catch(() => ({ stdout: '0' }));
  return Math.max(0, Number.parseInt(stdout, 10) - 20_000);
}

/** Processes that name the folder. */
async function runningIn(folder: string): Promise<number> {
  const lines = await Promise.all(
    (await readdir('/proc'))
      .filter((name) => /^\d+$/.test(name))
      .map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
  );
  return lines.filter((line) => line.includes(folder)).length;
}

describe.skipIf(missing.rsync !== undefined)(`an rsync daemon (${missing.rsync ?? 'installed'})`, () => {
  const server = served(startRsyncDaemon);
  const urlWith = (login: string, name: string) => `rsync://${login}127.0.0.1:${server().port}/media/${name}`;
  const login = () => `${server().username}:${encodeURIComponent(server().password)}@`;
  const withFolder = (url: string) => `${url}#${server().folder}`;

  beforeAll(async () => {
    await run('truncate', ['-s', '3G', join(server().folder, 'huge.mp4')]);
  });

  fileSuite(
    (name) => withFolder(urlWith(login(), name)),
    () => ({}),
  );

  it('a wrong password is said so, and shown nowhere', async () => {
    const failure = await rsync()
      .look(urlWith('sluice:some-other-secret@', 'clip.mp4'), context())
      .catch((caught: unknown) => caught);
    expect(failure).toMatchObject({ code: 'auth', providerCode: '5' });
    expect(String(failure)).not.toContain('some-other-secret');
  });

  it('a module that is not there is said so', async () => {
    const looking = rsync().look(`rsync://127.0.0.1:${server().port}/nowhere/clip.mp4`, context());
    await expect(looking).rejects.toMatchObject({ code: 'source-unreachable', retry: 'never' });
  });

  it('needs no login where the module has none', async () => {
    expect(await rsync().look(`rsync://clips.example:${server().port}/open/clip.mp4`, context())).toEqual(told);
  });

  it('the password is in no process list while it runs', async () => {
    const stop = new AbortController();
    const opening = rsync({ folder: temporary }).open(
      withFolder(urlWith(login(), 'huge.mp4')),
      context({ signal: stop.signal }),
    );
    opening.catch(() => undefined);
    await expect.poll(async () => runningIn(temporary), { interval: 5 }).toBeGreaterThan(0);
    const { stdout } = await run('ps', ['axww', '-o', 'args']);
    stop.abort();
    await opening.catch(() => undefined);
    expect(stdout).toContain('rsync');
    expect(stdout).not.toContain(server().password);
  });
});

describe.skipIf(missing.sshd !== undefined)(`sshd (${missing.sshd ?? 'installed'})`, () => {
  const server: () => SshServer = served(startSshd);
  const settings = () => ({ knownHosts: server().knownHosts, identityFile: server().identityFile });
  const url = (name: string) =>
    `rsync+ssh://${server().username}@127.0.0.1:${server().port}${server().folder}/${name}#${server().folder}`;

  beforeAll(async () => {
    await run('truncate', ['-s', '3G', join(server().folder, 'huge.mp4')]);
  });

  fileSuite(url, settings);

  it('a host whose key is not known is refused', async () => {
    const empty = join(temporary, 'known_hosts');
    await writeFile(empty, '');
    const looking = rsync({ ...settings(), knownHosts: empty }).look(url('clip.mp4'), context());
    await expect(looking).rejects.toMatchObject({
      code: 'source-unreachable',
      retry: 'never',
      message: expect.stringContaining('knownHosts'),
    });
  });

  it('a host whose key is another by now is refused, also where new ones are taken', async () => {
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(temporary, 'other')]);
    const other = join(temporary, 'known_hosts');
    await writeFile(other, `[127.0.0.1]:${server().port} ${await readFile(join(temporary, 'other.pub'), 'utf8')}`);
    for (const hostKeys of ['known', 'accept-new'] as const) {
      const looking = rsync({ ...settings(), knownHosts: other, hostKeys }).look(url('clip.mp4'), context());
      await expect(looking).rejects.toMatchObject({ code: 'source-unreachable', retry: 'never' });
    }
  });

  it('a host that is met for the first time is taken where that is said', async () => {
    const knownHosts = join(temporary, 'known_hosts');
    const source = rsync({ ...settings(), knownHosts, hostKeys: 'accept-new' });
    expect(await source.look(url('clip.mp4').replace('127.0.0.1', 'clips.example'), context())).toEqual(told);
    expect(await readFile(knownHosts, 'utf8')).toContain(`[clips.example]:${server().port}`);
  });

  it('a key that is not let in is said so', async () => {
    const identityFile = join(temporary, 'stranger');
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', identityFile]);
    const looking = rsync({ ...settings(), identityFile }).look(url('clip.mp4'), context());
    await expect(looking).rejects.toMatchObject({ code: 'auth' });
  });

  it('a password opens a key that has one, and is in no process list', async () => {
    const identityFile = join(temporary, 'locked');
    await writeFile(identityFile, await readFile(server().identityFile), { mode: 0o600 });
    await chmod(identityFile, 0o600);
    await run('ssh-keygen', ['-q', '-p', '-P', '', '-N', 'pass phrase/ü', '-f', identityFile]);
    const source = rsync({ ...settings(), identityFile, folder: temporary });
    const withPassword = url('clip.mp4').replace('@', `:${encodeURIComponent('pass phrase/ü')}@`);
    expect(await source.look(withPassword, context())).toEqual(told);
    const wrong = url('clip.mp4').replace('@', ':wrong@');
    await expect(source.look(wrong, context())).rejects.toMatchObject({ code: 'auth' });
  });
});
