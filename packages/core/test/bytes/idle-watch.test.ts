import { EventEmitter } from 'node:events';
import type { ClientRequest } from 'node:http';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SendError } from '../../src/platform/byte-plane.js';
import { createBytePlane } from '../../src/platform/node-bytes/create.js';
import { IdleWatch } from '../../src/platform/node-bytes/idle-watch.js';
import { listen } from '../support/servers.js';
import { transferOf } from './transfers.js';

/** A socket as a request has one, which tells that nothing moved when the test says so. */
class StillSocket extends EventEmitter {
  armedMs = 0;

  setTimeout(ms: number): this {
    this.armedMs = ms;
    return this;
  }
}

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

/** A watch over 20 s, and after which stretches without a byte its socket says so. */
function watch() {
  const request = new EventEmitter();
  const socket = new StillSocket();
  const onStalled = vi.fn();
  const idle = new IdleWatch(request as ClientRequest, 20_000, onStalled);
  request.emit('socket', socket);
  const stillAfter = (...stretches: number[]) => {
    for (const ms of stretches) {
      vi.advanceTimersByTime(ms);
      socket.emit('timeout');
    }
  };
  return { request, socket, idle, onStalled, stillAfter };
}

test('a connection on which nothing moves for the whole time has stalled, and not before', () => {
  const { socket, onStalled, stillAfter } = watch();
  stillAfter(5_000, 5_000, 5_000);
  expect(socket.armedMs).toBe(5_000);
  expect(onStalled).not.toHaveBeenCalled();
  stillAfter(5_000);
  expect(onStalled).toHaveBeenCalledOnce();
});

test('a byte that moved in between begins the time anew', () => {
  const { onStalled, stillAfter } = watch();
  // Of a long write, the socket passes over the looks at which the queue had grown shorter.
  stillAfter(5_000, 5_000, 5_000, 10_000, 5_000, 5_000);
  expect(onStalled).not.toHaveBeenCalled();
  stillAfter(5_000);
  expect(onStalled).toHaveBeenCalledOnce();
});

test('a write that was taken begins the time anew', () => {
  const { idle, onStalled, stillAfter } = watch();
  stillAfter(5_000, 5_000, 5_000);
  idle.moved();
  stillAfter(5_000, 5_000, 5_000);
  expect(onStalled).not.toHaveBeenCalled();
});

test('nothing of it stays on a connection that is used again', () => {
  const { request, socket, onStalled, stillAfter } = watch();
  request.emit('close');
  stillAfter(5_000, 5_000, 5_000, 5_000, 5_000);
  expect([socket.armedMs, socket.listenerCount('timeout')]).toEqual([0, 0]);
  expect(onStalled).not.toHaveBeenCalled();
});

test.each([['takes no byte'], ['takes all bytes and says nothing']])('a server that %s stalls', async (how) => {
  vi.useRealTimers();
  const { url } = await listen((request) => void (how === 'takes no byte' ? request.pause() : request.resume()));
  const plane = createBytePlane({});
  try {
    // More than a system holds back for a connection whose other end does not read.
    const whole = new Uint8Array(32 * 1024 * 1024);
    const transfer = transferOf(whole, { url, partSize: whole.byteLength }, { idleTimeoutMs: 200 });
    const error = await plane.sendParts(transfer).catch((thrown: unknown) => thrown);
    expect(error instanceof SendError && error.failure.kind).toBe('stalled');
  } finally {
    await plane.close();
  }
});
