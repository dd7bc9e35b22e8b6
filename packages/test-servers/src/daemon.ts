import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

const readyWithinMs = 20_000;

/** A program that serves on a port of loopback, out of a throw-away folder. */
export interface DaemonOptions {
  program: string;
  parameters: string[];
  port: number;
  /** Removed when it stops. */
  folder: string;
}

/** Starts a program and waits until it takes connections. @throws Error with what it wrote when it ends before */
export async function startDaemon({ program, parameters, port, folder }: DaemonOptions): Promise<() => Promise<void>> {
  const child = spawn(program, parameters, { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text) => {
      said = `${said}${text}`.slice(-2_000);
    });
  }
  // A test that is killed takes it with it where it can.
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const stop = async () => {
    process.off('exit', kill);
    await ended(child);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await ready(child, port);
    return stop;
  } catch (error) {
    await stop();
    throw new Error(`${program} did not start: ${said}`, { cause: error });
  }
}

async function ready(child: ChildProcess, port: number): Promise<void> {
  const until = Date.now() + readyWithinMs;
  const failure = once(child, 'error').then(([error]) => {
    throw error;
  });
  while (Date.now() < until && child.exitCode === null && child.signalCode === null) {
    if (await Promise.race([takesConnections(port), failure])) return;
    await delay(20);
  }
  throw new Error(`nothing listens on port ${port}`);
}

async function takesConnections(port: number): Promise<boolean> {
  const socket = connect({ host: '127.0.0.1', port });
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const patience = setTimeout(() => child.kill('SIGKILL'), 2_000);
  await exited;
  clearTimeout(patience);
}
