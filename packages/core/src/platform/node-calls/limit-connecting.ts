import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

const connectTimeoutMs = 10_000;

/** A connection that cannot be made is given up long before the operating system would: whatever was to go over it was surely not sent. */
export function limitConnecting(socket: Socket): void {
  if (!socket.connecting) return;
  const timer = setTimeout(() => {
    const error = new Error(`no connection within ${connectTimeoutMs / 1_000} s`);
    socket.destroy(Object.assign(error, { code: 'ERR_SOCKET_CONNECTION_TIMEOUT' }));
  }, connectTimeoutMs);
  const settle = () => clearTimeout(timer);
  socket.once(socket instanceof TLSSocket ? 'secureConnect' : 'connect', settle);
  socket.once('close', settle);
}
