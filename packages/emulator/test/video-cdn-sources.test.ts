import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import {
  missingPyftpdlib,
  missingRsync,
  missingSshd,
  missingVsftpd,
  startPyftpdlib,
  startRsyncDaemon,
  startSshd,
  startVsftpd,
} from '@sluice/test-servers';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { EmulatorOptions } from '../src/index.js';
import { connect } from './s3-cases/store.js';
import { add, emulateCdn, ended } from './video-cdn-support.js';

const run = promisify(execFile);
const name = 'a film, 100%.mp4';
const path = encodeURIComponent(name);
const bytes = randomBytes(300_000);

/** A folder server with the film in it, stopped after the test. */
async function serve<Server extends { folder: string; stop(): Promise<void> }>(start: () => Promise<Server>) {
  const server = await start();
  onTestFinished(() => server.stop());
  await writeFile(join(server.folder, name), bytes);
  return server;
}

/** What comes of an add from that source. */
async function fetchFrom(location: string, videoCdn: EmulatorOptions['videoCdn'] = {}, options: EmulatorOptions = {}) {
  const logged: string[] = [];
  const emulator = await emulateCdn(videoCdn, { ...options, log: (entry) => logged.push(JSON.stringify(entry)) });
  await add(emulator, { location, size: bytes.length });
  const file = await ended(emulator);
  const [{ measured } = {}] = emulator.videoCdn.files();
  return { ...file, measured: measured?.size, logged: logged.join('\n') };
}

function withUser({ username, password }: { username: string; password: string }): string {
  return `${encodeURIComponent(username)}:${encodeURIComponent(password)}@`;
}

const vsftpd = await missingVsftpd();
const pyftpdlib = await missingPyftpdlib();
const rsync = await missingRsync();
const sshd = await missingSshd();

describe.skipIf(vsftpd !== undefined)(`ftp, for everybody (${vsftpd ?? 'vsftpd'})`, () => {
  test('is read in passive mode', async () => {
    const { port } = await serve(startVsftpd);
    expect(await fetchFrom(`ftp://127.0.0.1:${port}/${path}`)).toMatchObject({
      status: 'ready',
      measured: bytes.length,
    });
  });

  test('a file that is not there is a failure with the server’s words', async () => {
    const { port } = await serve(startVsftpd);
    const file = await fetchFrom(`ftp://127.0.0.1:${port}/none.mp4`);
    expect(file).toMatchObject({ status: 'failed', message: expect.stringContaining('550') });
  });
});

describe.skipIf(pyftpdlib !== undefined)(`ftp with a password (${pyftpdlib ?? 'pyftpdlib'})`, () => {
  test('is read with the URL’s own', async () => {
    const server = await serve(startPyftpdlib);
    const good = await fetchFrom(`ftp://${withUser(server)}127.0.0.1:${server.port}/${path}`);
    expect(good).toMatchObject({ status: 'ready', measured: bytes.length });
    const bad = await fetchFrom(`ftp://${server.username}:wrong-password@127.0.0.1:${server.port}/${path}`);
    expect(bad).toMatchObject({ status: 'failed', message: expect.stringContaining('530') });
    expect(good.logged + bad.logged).not.toMatch(/wrong-password|p@ss|p%40ss/);
  });
});

describe.skipIf(rsync !== undefined)(`rsync (${rsync ?? 'rsync'})`, () => {
  test('is read with a password, and without where none is needed', async () => {
    const server = await serve(startRsyncDaemon);
    const place = `127.0.0.1:${server.port}`;
    const guarded = await fetchFrom(`rsync://${withUser(server)}${place}/media/${path}`);
    expect(guarded).toMatchObject({ status: 'ready', measured: bytes.length });
    const open = await fetchFrom(`rsync://${place}/open/${path}`);
    expect(open).toMatchObject({ status: 'ready', measured: bytes.length });
  });

  test('refused and missing files are failures without a secret in their words', async () => {
    const server = await serve(startRsyncDaemon);
    const place = `127.0.0.1:${server.port}`;
    const refused = await fetchFrom(`rsync://${server.username}:wrong-password@${place}/media/${path}`);
    expect(refused).toMatchObject({ status: 'failed', message: expect.stringContaining('auth failed') });
    const missing = await fetchFrom(`rsync://${place}/open/none.mp4`);
    expect(missing).toMatchObject({ status: 'failed', message: expect.stringContaining('rsync ended with 23') });
    expect(refused.logged + missing.logged).not.toContain('wrong-password');
  });

  test('a folder is no file', async () => {
    const { port } = await serve(startRsyncDaemon);
    const file = await fetchFrom(`rsync://127.0.0.1:${port}/open/`);
    expect(file).toMatchObject({ status: 'failed', message: expect.stringContaining('is no file') });
  });
});

describe.skipIf(sshd !== undefined)(`rsync over ssh (${sshd ?? 'sshd'})`, () => {
  test('is read where the host is known, and only there', async () => {
    const server = await serve(startSshd);
    const { identityFile, knownHosts, username, port, folder } = server;
    const location = `rsync+ssh://${username}@127.0.0.1:${port}${folder}/${path}`;
    const ssh = { identityFile, knownHosts };
    expect(await fetchFrom(location, { ssh })).toMatchObject({ status: 'ready', measured: bytes.length });
    const stranger = await fetchFrom(location, { ssh: { identityFile, knownHosts: '/dev/null' } });
    expect(stranger).toMatchObject({ status: 'failed', message: expect.stringContaining('host key is known') });
  });
});

test('s3 is read with the URL’s keys, from the store that it names', async () => {
  const emulator = await emulateCdn();
  const { endpoint, bucket, accessKeyId, secretAccessKey } = emulator.s3;
  const client = connect(emulator.s3);
  onTestFinished(() => client.destroy());
  await client.send(new PutObjectCommand({ Bucket: bucket, Key: `films/${name}`, Body: bytes }));
  const at = `${withUser({ username: accessKeyId, password: secretAccessKey })}${new URL(endpoint).host}/${bucket}`;
  await add(emulator, { location: `s3://${at}/films/${path}`, size: bytes.length });
  expect(await ended(emulator)).toMatchObject({ status: 'ready', size: bytes.length });
  await add(emulator, { location: `s3://${at}/films/none.mp4`, size: 1, name: 'none' });
  expect(await ended(emulator, 'none')).toMatchObject({ status: 'failed' });
});

test('https is read where the certificate is trusted', async () => {
  const home = await mkdtemp(join(tmpdir(), 'sluice-https-'));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  const [keyPath, certificatePath] = [join(home, 'key.pem'), join(home, 'certificate.pem')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const files = ['-keyout', keyPath, '-out', certificatePath];
  await run('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...files, ...subject]);
  const [key, cert] = await Promise.all([readFile(keyPath, 'utf8'), readFile(certificatePath, 'utf8')]);
  const server = createServer({ key, cert }, (_request, response) => response.end(bytes));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const location = `https://127.0.0.1:${port}/${path}`;
  expect(await fetchFrom(location, {}, { ca: cert })).toMatchObject({ status: 'ready', measured: bytes.length });
  const stranger = await fetchFrom(location);
  expect(stranger).toMatchObject({ status: 'failed', message: expect.stringContaining('self-signed certificate') });
});
