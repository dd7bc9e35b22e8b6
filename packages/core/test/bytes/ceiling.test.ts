import { expect, onTestFinished, test } from 'vitest';
import { createSluice } from '../../src/index.js';
import { createBytePlane } from '../../src/platform/node-bytes/create.js';
import { createBytePlane as createWebBytePlane } from '../../src/platform/web-bytes.js';
import { acmeAdapter } from '../support/acme.js';
import { listen } from '../support/servers.js';
import { taking, transferOf } from './transfers.js';

test('network.bytesPerSecond is a ceiling over all transfers of a client together', async () => {
  const { url } = await listen(taking((_body, response) => response.setHeader('etag', '"a"').end()));
  const bytesPerSecond = 400_000;
  const plane = createBytePlane({ bytesPerSecond });
  onTestFinished(() => plane.close());
  const started = performance.now();
  const whole = new Uint8Array(100_000);
  await Promise.all([1, 2].map(() => plane.sendParts(transferOf(whole, { url, partSize: 30_000 }))));
  // The first piece of each lane needs no turn; after it, everything does.
  expect(performance.now() - started).toBeGreaterThanOrEqual((200_000 / bytesPerSecond) * 1_000 - 1);
});

test('an abort ends the waiting for a turn', async () => {
  const { url } = await listen(taking((_body, response) => response.end()));
  const plane = createBytePlane({ bytesPerSecond: 1_024 });
  onTestFinished(() => plane.close());
  const stop = new AbortController();
  const transfer = transferOf(new Uint8Array(100_000), { url, partSize: 50_000 }, { signal: stop.signal });
  const sent = plane.sendParts({ ...transfer, moved: () => stop.abort(new Error('enough')) });
  await expect(sent).rejects.toMatchObject({ code: 'aborted' });
});

test('a ceiling of next to nothing is refused with the least there is', () => {
  expect(() => createSluice({ providers: { acme: acmeAdapter()({}) }, network: { bytesPerSecond: 100 } })).toThrow(
    'network.bytesPerSecond: must be at least 1024',
  );
});

test('a runtime that cannot keep to it says so', () => {
  expect(() => createWebBytePlane({ bytesPerSecond: 5_000 })).toThrow('need Node');
  expect(() => createWebBytePlane({ comparePartMd5: true })).toThrow('need Node');
});
