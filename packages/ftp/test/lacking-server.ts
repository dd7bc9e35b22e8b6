import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** Stands before an FTP server, refuses some commands as one that has no word for them, and may change its answers. */
export async function lacking(
  port: number,
  commands: readonly string[],
  answered: (text: string) => string = (text) => text,
): Promise<{ port: number; asked: string[] }> {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const behind = connect({ host: '127.0.0.1', port });
    for (const socket of [client, behind]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
    }
    client.on('data', (text) => {
      const line = String(text).trim();
      asked.push(line);
      if (commands.includes(line.split(' ')[0] ?? '')) client.write('502 Command not implemented.\r\n');
      else behind.write(text);
    });
    behind.on('data', (text) => client.write(answered(String(text))));
    client.on('close', () => behind.destroy());
    behind.on('close', () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  );
  return { port: (server.address() as AddressInfo).port, asked };
}
