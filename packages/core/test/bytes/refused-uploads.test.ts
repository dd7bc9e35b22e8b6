import { type ByteInput, fromBuffer, fromStream } from '@sluice/core';
import type { UploadWay } from '@sluice/core/adapter';
import { expect, onTestFinished, test } from 'vitest';
import type { PartsTransfer } from '../../src/platform/byte-plane.js';
import { createBytePlane } from '../../src/platform/node-bytes/create.js';
import { listen } from '../support/servers.js';
import { bring, firstly, made, refuse, uploadTo, whenRead, whole } from './bringing.js';
import { byteTaker } from './byte-taker.js';
import { taking, transferOf } from './transfers.js';

test('a part that S3 waited too long for is sent again, alone, though it says 400', async () => {
  const isFirst = firstly();
  const { error, asked } = await bring('parts', (path, response, request) =>
    whenRead(request, () => {
      if (path === '/2' && isFirst(path)) refuse(response, 400, 'RequestTimeout');
      else response.setHeader('etag', '"a"').end();
    }),
  );
  expect(error).toBeUndefined();
  expect(asked.toSorted()).toEqual(['/1', '/2', '/2', '/3']);
});

test.each(['parts', 'form'] as const)('of %s that the store wants later nothing is sent before', async (way) => {
  const isFirst = firstly();
  const at: number[] = [];
  const { error } = await bring(way, (path, response, request) =>
    whenRead(request, () => {
      if (path === '/2' || path === '/form') at.push(performance.now());
      if (!isFirst(path) || path === '/1' || path === '/3') response.setHeader('etag', '"a"').end();
      else response.writeHead(503, { 'retry-after': '1' }).end();
    }),
  );
  expect(error).toBeUndefined();
  const [first = 0, second = 0] = at;
  expect(second - first).toBeGreaterThan(900);
});

test('where that is much later the job is put off till then, and what arrived is not sent again', async () => {
  const { url } = await listen((request, response) =>
    whenRead(request, () => {
      if (request.url === '/1') response.setHeader('etag', '"a"').end();
      else response.writeHead(503, { 'retry-after': '3600' }).end();
    }),
  );
  const way = { name: 'parts', shape: 'parts', minBytes: 1, maxBytes: 100_000_000 } as const;
  const sluice = byteTaker({ baseUrl: url, way, made, upload: uploadTo(url, 'parts') });
  const job = await sluice.import({ source: fromBuffer(whole, { name: 'a.mp4' }) });
  await expect(job.wait({ timeoutMs: 1_000 })).rejects.toMatchObject({ code: 'timeout' });
  expect(job.snapshot.waitingFor).toMatchObject({
    what: 'retry',
    error: { code: 'unavailable', retryAfterMs: 3_600_000 },
  });
});

test('an upload that the store does not know any more is begun anew, and the job says so', async () => {
  const isFirst = firstly();
  const { error, snapshot, asked } = await bring('parts', (path, response, request) =>
    whenRead(request, () => {
      if (path === '/3' && isFirst(path)) refuse(response, 404, 'NoSuchUpload');
      else response.setHeader('etag', '"a"').end();
    }),
  );
  expect([error, snapshot.state]).toEqual([undefined, 'completed']);
  expect(snapshot.warnings).toMatchObject([{ code: 'upload-anew', message: expect.stringMatching(/does not know/) }]);
  // All of it: what arrived in the other one is gone.
  expect(asked.filter((path) => path === '/1')).toHaveLength(2);
});

test('a part that was answered without an ETag did not arrive: it is sent again', async () => {
  const isFirst = firstly();
  const { error, asked } = await bring('parts', (path, response, request) =>
    whenRead(request, () =>
      path === '/2' && isFirst(path) ? response.end() : response.setHeader('etag', '"a"').end(),
    ),
  );
  expect(error).toBeUndefined();
  expect(asked.toSorted()).toEqual(['/1', '/2', '/2', '/3']);
});

test('an answer without an ETag is told as such each time', async () => {
  const { url } = await listen(taking((_body, response) => response.end()));
  const plane = createBytePlane({});
  onTestFinished(() => plane.close());
  const failures: unknown[] = [];
  const failed: PartsTransfer['failed'] = async ({ kind, attempt }) => {
    failures.push([kind, attempt]);
    if (attempt === 2) throw new Error('enough');
  };
  await expect(plane.sendParts(transferOf(whole, { url, partSize: whole.length }, { failed }))).rejects.toThrow(
    'enough',
  );
  expect(failures).toEqual([
    ['untagged', 1],
    ['untagged', 2],
  ]);
});

test.each(['parts', 'form'] as const)('what the store says of a signature of %s is told', async (way) => {
  const { error, snapshot } = await bring(way, (_path, response, request) =>
    whenRead(request, () => refuse(response, 403, 'RequestTimeTooSkewed')),
  );
  const said = 'the signatures of the upload were no longer taken (HTTP 403, RequestTimeTooSkewed: As it says)';
  expect(error).toMatchObject({ code: 'auth', message: expect.stringContaining(said) });
  expect(snapshot.warnings[0]?.message).toContain(said);
});

test('a refusal is told in the words of the store', async () => {
  const { error } = await bring('form', (_path, response, request) =>
    whenRead(request, () => refuse(response, 400, 'EntityTooSmall')),
  );
  expect(error).toMatchObject({
    code: 'invalid-request',
    message: 'taker: the object store refused the bytes (HTTP 400, EntityTooSmall: As it says)',
  });
});

test('a store that cannot be reached is told from one that broke off, with the reason', async () => {
  // Nobody listens at the first port.
  const way: UploadWay = { name: 'form', shape: 'form', minBytes: 1, maxBytes: 1_000_000 };
  const upload = uploadTo('http://127.0.0.1:1', 'form');
  const sluice = byteTaker({ baseUrl: 'http://127.0.0.1:1', way, made, upload });
  const job = await sluice.import({ source: fromBuffer(whole, { name: 'a.mp4' }) });
  const ended = job.wait().catch((error: unknown) => error);
  for await (const event of job.events()) {
    if (event.type !== 'retry') continue;
    expect(event.error).toMatchObject({
      code: 'unavailable',
      message: 'taker, its object store: no connection could be made (ECONNREFUSED)',
    });
    break;
  }
  await job.cancel();
  await expect(ended).resolves.toMatchObject({ code: 'aborted' });
});

/** Ends at its second byte, or in an error there. */
function failing(error: Error): ByteInput {
  const { open, ...input } = fromBuffer(whole, { name: 'a.mp4' });
  return {
    ...input,
    open: async () => ({
      ...(await open()),
      read: (_target, at) => (at === 0 ? Promise.resolve(1) : Promise.reject(error)),
    }),
  };
}

test.each(['parts', 'form', 'whole'] as const)(
  'bytes that cannot be read to their end are named, sent as %s',
  async (way) => {
    const error = new Error('EIO: i/o error, read');
    const outcome = await bring(way, (_path, _response, request) => void request.resume(), failing(error));
    expect(outcome.error).toMatchObject({
      code: 'source-unreachable',
      message: 'a.mp4 cannot be read to its end (EIO: i/o error, read); nothing was created',
    });
  },
);

test('a stream that would have to be read again says what came between', async () => {
  const source = fromStream(new Blob([whole]).stream(), { name: 'a.mp4', size: whole.length });
  const { error, asked } = await bring(
    'form',
    (_path, response, request) => whenRead(request, () => refuse(response, 500, 'InternalError')),
    source,
  );
  expect(error).toMatchObject({
    code: 'source-unreachable',
    message: expect.stringMatching(/can be read only once.*\(it was to be sent again: .*HTTP 500, InternalError/),
  });
  expect(asked).toEqual(['/form']);
});

test('a form that makes the job and broke before it was whole is sent again: nobody can have made anything of it', async () => {
  const isFirst = firstly();
  const { error, asked } = await bring(
    'whole',
    (path, response, request) => {
      if (isFirst(path)) request.once('data', () => request.socket.resetAndDestroy());
      else whenRead(request, () => response.end('{}'));
    },
    fromBuffer(new Uint8Array(64 * 1024 * 1024), { name: 'a.mp4' }),
  );
  expect(error).toBeUndefined();
  expect(asked).toEqual(['/form', '/form']);
});

test('and one that was whole is not: what came of it nobody knows', async () => {
  const { error, asked } = await bring('whole', (_path, _response, request) =>
    whenRead(request, () => request.socket.resetAndDestroy()),
  );
  expect(error).toMatchObject({ code: 'unknown', retry: 'never' });
  expect(asked).toEqual(['/form']);
});

/** More than the system holds for a connection. */
const large = new Uint8Array(64 * 1024 * 1024);

test('a part that was answered with a yes before it was whole did not arrive: it is sent again', async () => {
  const isFirst = firstly();
  const { url } = await listen((request, response) => {
    response.setHeader('etag', '"a"');
    if (isFirst(request.url ?? '')) request.once('data', () => response.end());
    else whenRead(request, () => response.end());
  });
  const plane = createBytePlane({});
  onTestFinished(() => plane.close());
  const failures: unknown[] = [];
  let moved = 0;
  await plane.sendParts(
    transferOf(
      large,
      { url, partSize: large.length },
      {
        moved: (bytes) => {
          moved += bytes;
        },
        failed: async ({ kind, attempt }) => void failures.push([kind, attempt]),
      },
    ),
  );
  expect(failures).toEqual([['broken', 1]]);
  expect(moved).toBe(large.length);
});

test('so with a form', async () => {
  const isFirst = firstly();
  const { error, asked } = await bring(
    'form',
    (path, response, request) => {
      if (isFirst(path)) request.once('data', () => response.end());
      else whenRead(request, () => response.end());
    },
    fromBuffer(large, { name: 'a.mp4' }),
  );
  expect(error).toBeUndefined();
  expect(asked).toEqual(['/form', '/form']);
});

test('and of one that makes the job nobody knows then', async () => {
  const { error, asked } = await bring(
    'whole',
    (_path, response, request) => void request.once('data', () => response.end('{}')),
    fromBuffer(large, { name: 'a.mp4' }),
  );
  expect(error).toMatchObject({ code: 'unknown', retry: 'never' });
  expect(asked).toEqual(['/form']);
});
