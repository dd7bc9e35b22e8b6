import { mkdir, readFile, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isSourceFactory } from '@sluice/core/adapter';
import {
  type FolderServer,
  freePorts,
  missingPyftpdlib,
  missingVsftpd,
  startPyftpdlib,
  startVsftpd,
} from '@sluice/test-servers';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { ftp } from '../src/index.js';
import { lacking } from './lacking-server.js';
import { bytes, context, digest, open, readAll } from './support.js';

const missing = { vsftpd: await missingVsftpd(), pyftpdlib: await missingPyftpdlib() };
const modified = new Date('2026-11-24T10:20:30Z');
const clip = 'a folder/clip one#2.mp4';
const path = 'a%20folder/clip%20one%232.mp4';

/** A server of one kind for a block of tests, with a clip. */
function served<Server extends FolderServer>(start: () => Promise<Server>): () => Server {
  let server: Server | undefined;
  beforeAll(async () => {
    server = await start();
    await fill(server.folder);
  });
  afterAll(() => server?.stop());
  return () => {
    if (server === undefined) throw new Error('the server did not start');
    return server;
  };
}

async function fill(folder: string): Promise<void> {
  await mkdir(join(folder, 'a folder'), { recursive: true });
  await writeFile(join(folder, clip), bytes);
  await utimes(join(folder, clip), modified, modified);
}

const told = { size: bytes.byteLength, fingerprint: 'size 3000000, modified 2026-11-24T10:20:30.000Z' };

describe.skipIf(missing.vsftpd !== undefined)(`vsftpd (${missing.vsftpd ?? 'installed'})`, () => {
  const server = served(startVsftpd);
  const url = (port = server().port) => `ftp://127.0.0.1:${port}/${path}`;

  it('tells size and time of last change', async () => {
    expect(await ftp().look(url(), context())).toEqual(told);
  });

  it('is read from any position, by several at once', async () => {
    const opened = await open(url());
    const [whole, tail] = await Promise.all([readAll(opened), readAll(opened, 1_234_567)]);
    expect(digest(whole)).toBe(digest(bytes));
    expect(digest(tail)).toBe(digest(bytes.subarray(1_234_567)));
    expect(await opened.look()).toEqual(told);
    expect(opened.seekable).toBe(true);
  });

  it('keeps one connection for a reader that reads forward', async () => {
    const { port, asked } = await lacking(server().port, []);
    await readAll(await open(url(port)));
    expect(asked.filter((line) => line.startsWith('RETR'))).toHaveLength(1);
  });

  it.each([
    ['SIZE', ['SIZE']],
    ['MDTM', ['MDTM']],
    ['SIZE and MDTM', ['SIZE', 'MDTM']],
  ])('without %s, the listing tells', async (_what, commands) => {
    const { port } = await lacking(server().port, commands);
    expect(await ftp().look(url(port), context())).toMatchObject({ size: bytes.byteLength });
    expect(digest(await readAll(await open(url(port))))).toBe(digest(bytes));
  });

  it('without SIZE and listing, the size is asked for', async () => {
    const { port } = await lacking(server().port, ['SIZE', 'LIST']);
    await expect(open(url(port))).rejects.toMatchObject({ code: 'source-unreachable' });
  });

  it('without REST, it is read from its beginning', async () => {
    const { port, asked } = await lacking(server().port, ['REST']);
    const opened = await open(url(port));
    expect(opened.seekable).toBe(false);
    expect(digest(await readAll(opened))).toBe(digest(bytes));
    expect(digest(await readAll(opened, 2_000_000))).toBe(digest(bytes.subarray(2_000_000)));
    expect(asked.filter((line) => line.startsWith('REST'))).toEqual(['REST 1']);
  });

  it('does not go where the server points to for the bytes', async () => {
    const elsewhere = (text: string) => text.replace(/\(127,0,0,1,/, '(10,1,2,3,');
    const { port, asked } = await lacking(server().port, ['EPSV'], elsewhere);
    await expect(readAll(await open(url(port)))).rejects.toMatchObject({
      code: 'source-unreachable',
      retry: 'never',
      message: expect.stringContaining('another host for the bytes (10.1.2.3)'),
    });
    expect(asked.some((line) => line === 'PASV')).toBe(true);
  });

  it('where the port of EPSV leads nowhere, PASV is asked', async () => {
    const [nobody = 0] = await freePorts(1);
    const { port, asked } = await lacking(server().port, [], (text) => text.replace(/\|\|\|\d+\|/, `|||${nobody}|`));
    expect(digest(await readAll(await open(url(port))))).toBe(digest(bytes));
    expect(asked.filter((line) => /^(EPSV|PASV)$/.test(line))).toEqual(['EPSV', 'PASV']);
  });

  it('connects to the address that it is given, and passes a refusal on', async () => {
    const named = `ftp://clips.example:${server().port}/${path}`;
    expect(await ftp().look(named, context({ resolve: async () => '127.0.0.1' }))).toEqual(told);
    const refusal = new Error('private');
    const refused = ftp().look(named, context({ resolve: () => Promise.reject(refusal) }));
    await expect(refused).rejects.toBe(refusal);
  });

  it('a file that is not there is said so', async () => {
    const looking = ftp().look(`ftp://127.0.0.1:${server().port}/nothing.mp4`, context());
    await expect(looking).rejects.toMatchObject({ code: 'source-unreachable', retry: 'never' });
    await expect(looking).rejects.toThrow('is not there, or may not be read');
  });

  it('a folder is no file', async () => {
    const opening = open(`ftp://127.0.0.1:${server().port}/a%20folder`);
    await expect(opening).rejects.toMatchObject({ code: expect.stringMatching('source-unreachable|unsupported') });
  });

  it('a file that shrinks while it is read is an error', async () => {
    await writeFile(join(server().folder, 'shrinking.mp4'), bytes);
    const opened = await open(`ftp://127.0.0.1:${server().port}/shrinking.mp4`);
    await opened.read(Buffer.alloc(10), 0);
    await truncate(join(server().folder, 'shrinking.mp4'), 1_000_000);
    await expect(readAll(opened, 500_000)).rejects.toMatchObject({
      code: 'integrity',
      message: expect.stringContaining('had 3000000 bytes and now has 1000000'),
    });
  });

  it('a file that grows while it is read is an error', async () => {
    await writeFile(join(server().folder, 'growing.mp4'), bytes);
    const opened = await open(`ftp://127.0.0.1:${server().port}/growing.mp4`);
    await writeFile(join(server().folder, 'growing.mp4'), Buffer.concat([bytes, bytes]));
    await expect(readAll(opened)).rejects.toMatchObject({ code: 'integrity' });
    expect(await opened.look()).not.toEqual({ size: opened.size, fingerprint: opened.fingerprint });
  });

  it('stops with its signal', async () => {
    const stop = new AbortController();
    const opened = await open(url(), { signal: stop.signal });
    await opened.read(Buffer.alloc(10), 0);
    stop.abort();
    await expect(opened.read(Buffer.alloc(10), 10)).rejects.toMatchObject({ code: 'aborted' });
  });

  it('does not go around a proxy', async () => {
    const looking = ftp().look(url(), context({ network: { proxy: 'http://127.0.0.1:9' } }));
    await expect(looking).rejects.toMatchObject({ code: 'unsupported' });
  });
});

describe.skipIf(missing.vsftpd !== undefined).each(['implicit', 'explicit'] as const)(
  `vsftpd over %s TLS (${missing.vsftpd ?? 'installed'})`,
  (tls) => {
    const server = served(() => startVsftpd({ tls }));
    const source = () => ftp({ servers: { [`localhost:${server().port}`]: { tls } } });
    const url = () => `ftps://localhost:${server().port}/${path}`;

    it('is read by who knows its authority', async () => {
      const ca = await readFile(server().certificate ?? '', 'utf8');
      const trusting = context({ network: { ca } });
      expect(await source().look(url(), trusting)).toEqual(told);
      const opened = await source().open(url(), trusting);
      onTestFinished(() => opened.close());
      expect(digest(await readAll(opened))).toBe(digest(bytes));
    });

    it('brings what comes faster than it is read in its order', async () => {
      const ca = await readFile(server().certificate ?? '', 'utf8');
      const long = Buffer.concat(
        Array.from({ length: 20 }, (_, index) => Buffer.concat([bytes, Buffer.from([index])])),
      );
      await writeFile(join(server().folder, 'long.mp4'), long);
      const asked = `ftps://localhost:${server().port}/long.mp4`;
      const opened = await source().open(asked, context({ network: { ca } }));
      onTestFinished(() => opened.close());
      expect(digest(await readAll(opened))).toBe(digest(long));
    });

    it('is not read by who does not', async () => {
      await expect(source().look(url(), context())).rejects.toMatchObject({
        code: 'source-unreachable',
        retry: 'never',
        message: expect.stringContaining('network.ca'),
      });
    });
  },
);

describe.skipIf(missing.pyftpdlib !== undefined)(`pyftpdlib (${missing.pyftpdlib ?? 'installed'})`, () => {
  const server = served(startPyftpdlib);
  const withLogin = (username: string, password: string) =>
    `ftp://${encodeURIComponent(username)}:${encodeURIComponent(password)}@127.0.0.1:${server().port}/${path}`;

  it('is read with the password', async () => {
    const { username, password } = server();
    const opened = await open(withLogin(username, password));
    expect(opened).toMatchObject(told);
    expect(digest(await readAll(opened))).toBe(digest(bytes));
    expect(digest(await readAll(opened, 2_999_000))).toBe(digest(bytes.subarray(2_999_000)));
  });

  it('is not read with another, and neither is in the error', async () => {
    const failure = await ftp()
      .look(withLogin('sluice', 'some-other-secret'), context())
      .catch((caught: unknown) => caught);
    expect(failure).toMatchObject({ code: 'auth', providerCode: '530' });
    expect(String(failure)).not.toContain('some-other-secret');
  });
});

describe('what cannot be a source', () => {
  it.each([
    ['ftp://host.example/', 'names no file'],
    ['ftp://host.example/folder/', 'names no file'],
    ['ftp://host.example/a%0D%0ADELE%20b', 'control characters'],
    ['ftp://us%0Aer:password@host.example/a', 'control characters'],
  ])('%s', async (url, words) => {
    await expect(ftp().look(url, context())).rejects.toMatchObject({
      code: 'invalid-request',
      message: expect.stringContaining(words),
    });
  });

  it('ftps is never sent in the clear', async () => {
    const looking = ftp({ servers: { 'host.example': { tls: 'none' } } }).look('ftps://host.example/a', context());
    await expect(looking).rejects.toMatchObject({ code: 'invalid-request' });
  });

  it('settings are checked, and core finds the package', () => {
    // @ts-expect-error: there is no such setting
    expect(() => ftp({ color: 'red' })).toThrow();
    expect(isSourceFactory(ftp)).toBe(true);
  });
});
