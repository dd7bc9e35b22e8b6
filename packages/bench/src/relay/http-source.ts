import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as z from 'zod';
import { whenStopped } from '../processes/when-stopped.js';

const inputSchema = z.object({ sizes: z.array(z.int()) });

/** Where it listens. */
export const httpSourceSchema = z.object({ url: z.url() });

const piece = Buffer.alloc(1024 * 1024, 'sluice');

/** A file server that costs as little as it can: files of some sizes, named by them, out of one buffer. It knows ranges. */
export async function run(input: unknown): Promise<z.input<typeof httpSourceSchema>> {
  const { sizes } = inputSchema.parse(input);
  const server = createServer((request, response) => {
    const size = sizes.find((one) => request.url === `/${one}.mp4`);
    if (size === undefined) return void response.writeHead(404).end();
    const asked = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
    const from = Number(asked?.[1] ?? 0);
    const to = asked?.[2] === undefined || asked[2] === '' ? size : Math.min(size, Number(asked[2]) + 1);
    response.writeHead(asked === null ? 200 : 206, {
      'content-length': to - from,
      'accept-ranges': 'bytes',
      etag: `"${size}"`,
      ...(asked !== null && { 'content-range': `bytes ${from}-${to - 1}/${size}` }),
    });
    if (request.method === 'HEAD') return void response.end();
    let left = to - from;
    const more = () => {
      while (left > 0 && !response.destroyed) {
        const length = Math.min(piece.byteLength, left);
        left -= length;
        if (!response.write(length === piece.byteLength ? piece : piece.subarray(0, length))) return;
      }
      response.end();
    };
    response.on('drain', more);
    more();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  whenStopped(async () => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}` };
}
