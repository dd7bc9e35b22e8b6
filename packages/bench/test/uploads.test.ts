import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withTemporaryFolder } from '../src/processes/temporary-folder.js';
import { besideFigure } from '../src/upload/contest.js';
import { Files } from '../src/upload/files.js';
import { run as sendParts } from '../src/upload/send-parts.js';
import { partsOf } from '../src/upload/sending.js';

const taken = new Map<string, string>();
let server: Server;
let origin: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    const hash = createHash('sha256');
    request.on('data', (chunk: Buffer) => hash.update(chunk));
    request.on('end', () => {
      taken.set(new URL(request.url ?? '', origin).searchParams.get('partNumber') ?? '', hash.digest('hex'));
      response.setHeader('etag', '"0"').end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  origin = `http://127.0.0.1:${address.port}`;
});
afterAll(() => server.close());

test.skipIf(process.platform !== 'linux').each(['byte-plane', 'fetch', 'ky'])(
  'every part of a file arrives by %s (memory is measured on Linux)',
  async (client) => {
    taken.clear();
    const bytes = Buffer.from(Array.from({ length: 2_500 }, (_, index) => index % 251));
    await withTemporaryFolder(async (folder) => {
      const file = join(folder, 'film');
      await writeFile(file, bytes);
      const sending = { client, file, warmUp: file, size: 2_500, partSize: 1_000, inFlight: 2, origin, digest: false };
      expect((await sendParts(sending)).peakBytes).toBeGreaterThan(0);
    });
    const sent = partsOf({ file: '', size: 2_500, partSize: 1_000, inFlight: 2, origin, digest: false });
    for (const { number, from, to } of sent) {
      const sha256 = createHash('sha256').update(bytes.subarray(from, to)).digest('hex');
      expect(taken.get(String(number))).toBe(sha256);
    }
  },
);

test('files are as large as asked, and their pieces make the whole', async () => {
  await withTemporaryFolder(async (folder) => {
    const files = new Files(folder);
    const size = 2_500_000;
    const pieces = await files.pieces({ size, partSize: 1_000_000 });
    expect(pieces).toHaveLength(3);
    expect(await files.whole(size)).toBe(await files.whole(size));
    await files.dropPieces();
    expect(await files.pieces({ size, partSize: 2_000_000 })).toHaveLength(2);
  });
});

test('throughput is compared by medians, and more of it is better', () => {
  const costOf = (seconds: number) => ({ seconds, cpuSeconds: 1, peakBytes: 1 });
  const figure = besideFigure({
    ...{ what: 'a / b', size: 10e6, measure: 'throughput', ours: [1, 2, 9].map(costOf) },
    peer: { name: 'b', costs: [4, 5, 3].map(costOf) },
  });
  expect(figure.ours).toEqual({ value: 5, unit: 'MB/s' });
  expect(figure.figure).toEqual({ value: 2, unit: 'times' });
});
