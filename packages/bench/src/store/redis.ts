import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createConnection, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const runFile = promisify(execFile);

/** Why there is no Redis to hold ours against. */
export class NoRedis extends Error {}

/**
 * A Redis of our own on a free port of loopback, its append-only file in `folder`, synced every second.
 * @throws NoRedis when the program is missing and cannot be installed
 */
export async function withRedis<T>(folder: string, use: (port: number) => Promise<T>): Promise<T> {
  if (!(await isThere())) await install();
  const port = await freePort();
  const settings = { port, bind: '127.0.0.1', dir: folder, save: '', appendonly: 'yes', appendfsync: 'everysec' };
  const options = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const child = spawn('redis-server', options, { stdio: 'ignore' });
  const exited = once(child, 'exit');
  try {
    await answers(port);
    return await use(port);
  } finally {
    child.kill();
    await exited;
  }
}

async function isThere(): Promise<boolean> {
  return runFile('redis-server', ['--version']).then(
    () => true,
    () => false,
  );
}

/** Debian's own package, where that is possible and nobody has to be asked for a password. */
async function install(): Promise<void> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    throw new NoRedis('redis-server is not installed (on Debian: apt-get install redis-server), and this is not root');
  }
  process.stderr.write('· store: installing redis-server with apt-get\n');
  const options = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  try {
    await runFile('apt-get', ['update'], options);
    await runFile('apt-get', ['install', '--yes', '--no-install-recommends', 'redis-server'], options);
  } catch {
    throw new NoRedis('redis-server is not installed, and apt-get could not install it');
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('there is no free port');
  return address.port;
}

async function answers(port: number): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    const socket = createConnection({ host: '127.0.0.1', port });
    try {
      await once(socket, 'connect');
      return;
    } catch {
      await sleep(50);
    } finally {
      socket.destroy();
    }
  }
  throw new Error('redis-server does not answer');
}
