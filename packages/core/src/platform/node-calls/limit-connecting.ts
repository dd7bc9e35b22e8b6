import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { connectTimeoutMs } from '../node-connections.js';

/** A connection that cannot be made is given up long before the operating system would: whatever was to go over it was surely not sent. */
export function limitConnecting(socket: Socket): void {
  const timer = setTimeout(() => {
    const error = new Error(`no connection within ${connectTimeoutMs / 1_000} s`);
    socket.destroy(Object.assign(error, { code: 'ERR_SOCKET_CONNECTION_TIMEOUT' }));
  }, connectTimeoutMs);
  const settle = () => clearTimeout(timer);
  socket.once(socket instanceof TLSSocket ? 'secureConnect' : 'connect', settle);
  socket.once('close', settle);
}
