import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createConnection, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureProgram } from '../processes/debian.js';

/**
 * A Redis of our own on a free port of loopback, its append-only file in `folder`, synced every second.
 * @throws MissingProgram when it is missing and cannot be installed
 */
export async function withRedis<T>(folder: string, use: (port: number) => Promise<T>): Promise<T> {
  await ensureProgram({ test: ['redis-server', '--version'], packages: ['redis-server'] });
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
