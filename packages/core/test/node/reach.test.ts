import { createServer, type Server } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { reach } from '../../src/node/index.js';
import { refusal } from './support.js';

let server: Server | undefined;

async function serve(headers: Record<string, string>): Promise<string> {
  server = createServer((_incoming, outgoing) => outgoing.writeHead(404, headers).end('no')).listen(0, '127.0.0.1');
  await new Promise((resolve) => server?.once('listening', resolve));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
}

afterEach(() => {
  server?.close();
});

describe('reach', () => {
  it('tells the answer and how far the clocks are apart', async () => {
    const reached = await reach(await serve({ date: new Date(Date.now() - 3_600_000).toUTCString() }));
    expect(reached.status).toBe(404);
    expect(Math.round((reached.clockAheadMs ?? 0) / 60_000)).toBe(60);
  });

  it('says why nothing answers, without the query', async () => {
    const url = await serve({});
    server?.close();
    expect(await refusal(() => reach(`${url}/?token=hush`))).toMatch(
      /^unavailable: http:.*\/\?… does not answer: .*ECONNREFUSED/,
    );
  });
});
