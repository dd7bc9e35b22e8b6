import { createServer } from 'node:http';
import * as z from 'zod';
import { whenStopped } from '../processes/when-stopped.js';
import { FixedProvider } from './fixed-provider.js';

const inputSchema = z.object({ looks: z.int() });

/** Serves a fixed provider on loopback, in a process of its own. */
export async function run(input: unknown): Promise<{ baseUrl: string }> {
  const provider = new FixedProvider(inputSchema.parse(input).looks);
  const server = createServer((request, response) => {
    request.resume().once('end', () => {
      response.setHeader('content-type', 'application/json');
      response.end(provider.answer(request.method ?? 'GET', request.url ?? '/'));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  whenStopped(async () => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return { baseUrl: `http://127.0.0.1:${address.port}` };
}
