import { EventEmitter } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { connectionError } from '../../src/wire/failure.js';
import { Stop } from '../../src/wire/stop.js';
import { platformCalls } from '../support/servers.js';

const scope = { provider: 'acme', effect: 'once', secrets: [] } as const;
const open = new Set<Socket>();

afterEach(() => {
  for (const socket of open) socket.destroy();
  open.clear();
});

/** A server that does so with each connection. @returns its host and port */
async function serve(connected: (socket: Socket) => void): Promise<string> {
  const server = createServer((socket) => {
    open.add(socket);
    // Whoever is cut off says so.
    socket.on('error', () => undefined);
    connected(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `127.0.0.1:${address.port}`;
}

/** A server that says these bytes to every request. */
async function saying(...lines: string[]): Promise<string> {
  return `http://${await serve((socket) => socket.on('data', () => socket.write(lines.join('\r\n'), 'latin1')))}/`;
}

function post(url: string, { signal = new Stop() }: { signal?: Stop } = {}) {
  const init = { method: 'POST', redirect: 'manual', signal, headers: new Headers(), body: '{}' } as const;
  return platformCalls()(url, init);
}

/** What the wire makes of a call that fails. */
async function failureOf(call: Promise<Response>) {
  const error = await call.then(
    () => new Error('it was answered'),
    (reason: unknown) => reason,
  );
  const { message, ambiguous } = connectionError(error, scope);
  return { message, ambiguous };
}

describe('an answer', () => {
  it('may have a status of its own, be it short or long', async () => {
    for (const text of ['no', 'x'.repeat(100_000)]) {
      const url = await saying('HTTP/1.1 999 Odd', `content-length: ${text.length}`, '', text);
      const response = await post(url);
      expect([response.status, await response.text()]).toEqual([999, text]);
    }
  });

  it.each([204, 304])('of status %i has no body, whatever length it declares', async (status) => {
    const response = await post(await saying(`HTTP/1.1 ${status} Bare`, 'content-length: 100000', '', ''));
    expect([response.status, await response.text()]).toEqual([status, '']);
  });

  it('may have others before it', async () => {
    const early = ['HTTP/1.1 100 Continue', '', 'HTTP/1.1 103 Early Hints', 'link: </a>', ''];
    const response = await post(await saying(...early, 'HTTP/1.1 201 Created', 'content-length: 2', '', 'hi'));
    expect([response.status, await response.text()]).toEqual([201, 'hi']);
  });

  it('has the bytes of its headers', async () => {
    const response = await post(
      await saying('HTTP/1.1 200 OK', 'x-name: caf\xe9', 'x-none:', 'content-length: 0', '', ''),
    );
    expect([response.headers.get('x-name'), response.headers.get('x-none')]).toEqual(['caf\xe9', '']);
  });

  it('comes through before all of the request is taken', async () => {
    const host = await serve((socket) =>
      socket.once('data', () =>
        socket.end('HTTP/1.1 413 Too Large\r\nconnection: close\r\ncontent-length: 3\r\n\r\nbig'),
      ),
    );
    const init = { method: 'POST', redirect: 'manual', signal: new Stop(), headers: new Headers() } as const;
    const response = await platformCalls()(`http://${host}/`, { ...init, body: 'x'.repeat(4_000_000) });
    expect([response.status, await response.text()]).toEqual([413, 'big']);
  });

  it.each([
    ['no HTTP', 'SSH-2.0-server\r\n'],
    ['another protocol that has no name', 'HTTP/1.1 101 Switching Protocols\r\n\r\n'],
    ['of two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\nhi'],
  ])('that is %s leaves the call in doubt', async (_what, text) => {
    expect(await failureOf(post(await saying(text)))).toMatchObject({ ambiguous: true });
  });

  it.each([
    ['another protocol', 'HTTP/1.1 101 Switching Protocols\r\nupgrade: other\r\nconnection: upgrade\r\n\r\n'],
    ['something packed that is not', 'HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 99\r\n\r\nhi'],
  ])('that is %s leaves the call in doubt, and no connection', async (_what, text) => {
    const closed = new EventEmitter();
    const gone = new Promise((resolve) => closed.once('close', resolve));
    const host = await serve((socket) => {
      socket.once('data', () => socket.write(text));
      socket.once('close', () => closed.emit('close'));
    });
    expect(await failureOf(post(`http://${host}/`))).toMatchObject({ ambiguous: true });
    await gone;
  });
});

it('a connection that is closed right after an answer, without a word, is not used again', async () => {
  const answer = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi';
  const host = await serve((socket) => socket.on('data', () => socket.end(answer)));
  const call = platformCalls();
  const init = { method: 'POST', redirect: 'manual', signal: new Stop(), headers: new Headers(), body: '{}' } as const;
  for (let count = 0; count < 20; count += 1) expect(await (await call(`http://${host}/`, init)).text()).toBe('hi');
});

describe('what was surely not sent', () => {
  it.each([
    ['closed', (socket: Socket) => socket.destroy()],
    ['reset', (socket: Socket) => socket.resetAndDestroy()],
    ['answered in plain text', (socket: Socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')],
  ])('is a call whose handshake was %s', async (_how, end) => {
    const host = await serve((socket) => socket.once('data', () => end(socket)));
    const failure = await failureOf(post(`https://${host}/`));
    expect(failure).toMatchObject({ message: expect.stringContaining('no connection could be made') });
    expect(failure.ambiguous).toBeUndefined();
  });

  it('is a call for which no address of several could be reached', () => {
    const each = ['ETIMEDOUT', 'ECONNREFUSED'].map((code) =>
      Object.assign(new Error(code), { code, syscall: 'connect' }),
    );
    const all = Object.assign(new AggregateError(each), { code: 'ETIMEDOUT' });
    expect(connectionError(all, scope).ambiguous).toBeUndefined();
    const lost = Object.assign(new Error('lost'), { code: 'ECONNRESET', syscall: 'read' });
    expect(connectionError(new AggregateError([...each, lost]), scope).ambiguous).toBe(true);
  });
});

describe('a call that is stopped', () => {
  it.each([
    ['while hands are shaken', 'https', undefined],
    ['before the head', 'http', undefined],
    ['in the body', 'http', 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhi'],
  ])('%s leaves no connection', async (_when, protocol, text) => {
    const stop = new Stop();
    const closed = new EventEmitter();
    const gone = new Promise((resolve) => closed.once('close', resolve));
    const host = await serve((socket) => {
      socket.once('close', () => closed.emit('close'));
      socket.once('data', () => {
        if (text !== undefined) socket.write(text);
        setTimeout(() => stop.abort(new Error('stopped')), 20);
      });
    });
    await expect(post(`${protocol}://${host}/`, { signal: stop })).rejects.toThrow('stopped');
    await gone;
  });

  it('before it begins makes none', async () => {
    const stop = new Stop();
    stop.abort(new Error('stopped'));
    let connections = 0;
    const host = await serve((socket) => {
      connections += 1;
      socket.on('data', () => socket.end('HTTP/1.1 204 None\r\n\r\n'));
    });
    await expect(post(`http://${host}/`, { signal: stop })).rejects.toThrow('stopped');
    // It would have been the first of two.
    await post(`http://${host}/`);
    expect(connections).toBe(1);
  });

  it('after its end changes nothing, and nobody listens', async () => {
    const stop = new Stop();
    const url = await saying('HTTP/1.1 200 OK', 'content-length: 2', '', 'hi');
    const response = await post(url, { signal: stop });
    stop.abort(new Error('stopped'));
    expect(await response.text()).toBe('hi');
  });
});
