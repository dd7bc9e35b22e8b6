import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** How the first transfer ends, after a part of its bytes. */
export type Break = (connections: { data: Socket; control: Socket }) => void;

/** An FTP server with one file, whose first transfer gives `given` bytes and is then broken. */
export async function breaking(
  content: Buffer,
  { given, broken }: { given: number; broken: Break },
): Promise<{ port: number; asked: string[]; closed: Promise<unknown> }> {
  const asked: string[] = [];
  const passive = await listening();
  let transfers = 0;
  let close: (value: unknown) => void = () => undefined;
  const closed = new Promise((resolve) => {
    close = resolve;
  });
  const { server, port } = await listening();
  server.on('connection', (control: Socket) => {
    control.on('error', () => undefined);
    let from = 0;
    const say = (line: string) => control.write(`${line}\r\n`);
    const answers: Record<string, () => void> = {
      USER: () => say('230 In'),
      TYPE: () => say('200 Binary'),
      SIZE: () => say(`213 ${content.byteLength}`),
      MDTM: () => say('213 20261124102030'),
      EPSV: () => say(`229 Here (|||${passive.port}|)`),
      REST: () => say('350 Then'),
      RETR: () => void transfer(),
    };
    const transfer = async () => {
      const data = await taken;
      if (data === undefined) return;
      transfers += 1;
      say('150 Coming');
      if (transfers > 1) {
        data.end(content.subarray(from), () => say('226 Done'));
        return;
      }
      data.once('close', close);
      data.write(content.subarray(from, from + given), () => broken({ data, control }));
    };
    let taken: Promise<Socket> | undefined;
    say('220 Ready');
    control.on('data', (text) => {
      for (const line of String(text).trim().split('\r\n')) {
        asked.push(line);
        const [word = '', value] = line.split(' ');
        if (word === 'REST') from = Number(value);
        if (word === 'EPSV') taken = once(passive.server, 'connection').then(([data]) => quiet(data));
        (answers[word] ?? (() => say('502 Not here')))();
      }
    });
  });
  return { port, asked, closed };
}

function quiet(socket: Socket): Socket {
  return socket.on('error', () => undefined);
}

async function listening(): Promise<{ server: Server; port: number }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { server, port: (server.address() as AddressInfo).port };
}
