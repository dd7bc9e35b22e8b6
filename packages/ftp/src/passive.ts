import { SluiceError } from '@sluice/core/adapter';
import type { Client } from 'basic-ftp';

/**
 * Where a server awaits the connection for the bytes, in the order in which it is asked: EPSV (RFC 2428), whose answer is a port alone,
 * and PASV (RFC 959), whose host must be the one that is spoken to: a server must not send us anywhere else.
 */
export const waysToBytes: readonly ((client: Client, host: string) => Promise<number>)[] = [
  async (client) => {
    const { message } = await client.send('EPSV');
    // Some write another sign than the usual one.
    return portOf(/([|!])\1\1(\d+)\1/.exec(message)?.[2]);
  },
  async (client, host) => {
    const { message } = await client.send('PASV');
    const [, named = '', high, low] = /(\d+(?:,\d+){3}),(\d+),(\d+)/.exec(message) ?? [];
    const elsewhere = named.replaceAll(',', '.');
    if (!isSame(elsewhere, host)) throw pointsElsewhere(elsewhere);
    return portOf(String(Number(high) * 256 + Number(low)));
  },
];

function portOf(text: string | undefined): number {
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new Error('the answer names no port');
}

function isSame(named: string, host: string): boolean {
  const known = host.replace(/^::ffff:/i, '');
  return named === known || (named.startsWith('127.') && /^(127\.|::1$)/.test(known));
}

function pointsElsewhere(host: string): SluiceError {
  const message = `the server points to another host for the bytes (${host}), which is not gone to`;
  return new SluiceError({ code: 'source-unreachable', retry: 'never', message });
}
