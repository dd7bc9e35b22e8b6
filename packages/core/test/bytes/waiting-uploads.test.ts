import { createServer, type ServerResponse } from 'node:http';
import { createSluice, fromBuffer, type ImportRequest } from '@sluice/core';
import { defineAdapter } from '@sluice/core/adapter';
import { expect, onTestFinished, test } from 'vitest';
import * as z from 'zod';

const uploadsAtOnce = 4;

/** An object store that keeps every PUT waiting until it is let go. */
async function startStore() {
  const waiting: ServerResponse[] = [];
  const server = createServer((request, response) => {
    request.resume().on('end', () => waiting.push(response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  const letGo = () => void waiting.shift()?.writeHead(200, { etag: '"part"' }).end();
  return { base: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`, waiting, letGo };
}

/** A provider that takes URLs and files, a few starts at a time, and has each of them at once. */
function connect(base: string) {
  const started: string[] = [];
  const taker = defineAdapter({
    name: 'taker',
    settings: z.object({}),
    options: z.object({}),
    capabilities: {
      url: { schemes: ['https'] },
      upload: {
        ways: [{ name: 'parts', shape: 'parts', minBytes: 1, maxBytes: 1_000 }],
        canList: false,
        canSign: false,
      },
      ...{ checks: [], honours: ['name'], cancel: false, webhook: 'none', idempotentStart: false },
      limits: { starts: { max: 5, windowMs: 50 } },
    },
    create: () => ({
      wire: { baseUrl: base },
      start: async (request) => {
        started.push(request.name);
        return { ref: request.id, snapshot: { state: 'completed', rawState: 'done', items: [] } };
      },
      status: () => Promise.reject(new Error('it is over at once')),
      upload: {
        begin: async () => ({
          ...{ kind: 'parts', session: {}, uploaded: {}, partSize: 100 },
          first: [{ number: 1, url: `${base}/1` }],
        }),
        complete: async () => undefined,
      },
    }),
  });
  const sluice = createSluice({ providers: { taker: taker({}) } });
  onTestFinished(() => sluice.close());
  return { sluice, started };
}

test('uploads that wait for others keep no job from its start: no URL beside them, and no file that is there', async () => {
  const { base, waiting, letGo } = await startStore();
  const { sluice, started } = connect(base);
  const requests = function* (): Iterable<ImportRequest> {
    for (let index = 0; index < 80; index += 1) {
      yield { source: fromBuffer(new Uint8Array(100), { name: `file-${index}` }), name: `file-${index}` };
    }
    for (let index = 0; index < 40; index += 1)
      yield { source: `https://media.example/${index}`, name: `url-${index}` };
  };
  const reading = (async () => {
    for await (const { kind } of sluice.batch(requests())) expect(kind).toBe('ended');
  })();
  await expect.poll(() => waiting.length).toBe(uploadsAtOnce);
  await expect.poll(() => started.filter((name) => name.startsWith('url')).length, { timeout: 5_000 }).toBe(40);
  expect(started).toHaveLength(40);
  letGo();
  // It is started before any other file is there.
  await expect.poll(() => started.length).toBe(41);
  expect(waiting.length).toBeLessThanOrEqual(uploadsAtOnce);
  const goOn = setInterval(letGo, 1);
  await reading;
  clearInterval(goOn);
  expect(new Set(started).size).toBe(120);
});
