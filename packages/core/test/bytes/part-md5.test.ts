import { createHash } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import type { SendFailure } from '../../src/platform/byte-plane.js';
import { createBytePlane } from '../../src/platform/node-bytes/create.js';
import { listen } from '../support/servers.js';
import { taking, transferOf } from './transfers.js';

const whole = Uint8Array.from({ length: 3_000 }, (_, index) => index % 251);

function md5Of(body: Buffer): string {
  return createHash('md5').update(body).digest('hex');
}

/** Sends three parts to a store that answers with `etagOf`; what failed on the way, and with which ETags the parts arrived. */
async function send(comparePartMd5: boolean, etagOf: (body: Buffer, number: number) => string) {
  const { url } = await listen(
    taking((body, response, request) => {
      response.setHeader('etag', etagOf(body, Number(request.url?.slice(1)))).end();
    }),
  );
  const plane = createBytePlane({ comparePartMd5 });
  onTestFinished(() => plane.close());
  const failed: Pick<SendFailure & { number: number }, 'kind' | 'number'>[] = [];
  const arrived: number[] = [];
  await plane.sendParts(
    transferOf(
      whole,
      { url, partSize: 1_000 },
      {
        inFlight: 1,
        arrived: async ({ number }) => void arrived.push(number),
        failed: async ({ kind, number }) => void failed.push({ kind, number }),
      },
    ),
  );
  return { failed, arrived };
}

test('a part that the store took damaged is sent again, alone, where network.comparePartMd5 asks for it', async () => {
  let damaged = 0;
  const etagOf = (body: Buffer, number: number) => {
    if (number !== 2 || damaged > 0) return `"${md5Of(body)}"`;
    damaged += 1;
    return `"${md5Of(Buffer.from('something else'))}"`;
  };
  const { failed, arrived } = await send(true, etagOf);
  expect(failed).toEqual([{ kind: 'mismatch', number: 2 }]);
  expect(arrived).toEqual([1, 2, 3]);
});

test('an ETag that is no MD5 proves nothing and refuses nothing', async () => {
  expect(await send(true, () => '"abc-3"')).toEqual({ failed: [], arrived: [1, 2, 3] });
});

test('nobody compares unasked', async () => {
  expect(await send(false, () => `"${'0'.repeat(32)}"`)).toEqual({ failed: [], arrived: [1, 2, 3] });
});
