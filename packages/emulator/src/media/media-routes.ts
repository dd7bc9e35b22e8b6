import { Readable } from 'node:stream';
import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { type Context, Hono } from 'hono';
import type { EmulatorLog } from '../log/log.js';
import { type SendableBytes, sendBody, sendBytes } from '../server/send-bytes.js';
import { readPadded, smallestPaddedSize } from './padded.js';
import type { SampleFile } from './sample-files.js';
import { throttle } from './throttle.js';

type MediaContext = Context<{ Bindings: HttpBindings }>;

/**
 * The sample media as sources of imports, kind and unkind ones:
 * - `/media/NAME`: a sample file, with ranges;
 * - `/media/padded/SIZE/NAME`: sample.mp4 made up to exactly SIZE bytes, still a valid MP4;
 * - `/media/redirect/N/…`: N redirects, then `/media/…`;
 * - `/media/broken/NAME`: promises the file and hangs up half-way.
 *
 * Queries: `rate=BYTES` (a second), `length=none` (chunked, no length, no ranges), `head=refused` (405 to HEAD).
 */
export function mediaRoutes(files: readonly SampleFile[], log: EmulatorLog): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>();
  const find = (context: MediaContext) => files.find((file) => file.name === context.req.param('name'));
  app.use(async (context, next) => {
    await next();
    const { incoming, outgoing } = context.env;
    const status = outgoing.headersSent ? outgoing.statusCode : context.res.status;
    log.add({ provider: 'media', method: context.req.method, path: incoming.url ?? '', status, note: '' });
  });
  app.get('/redirect/:count{[0-9]+}/*', (context) => redirect(context));
  app.get('/broken/:name', (context) => {
    const file = find(context);
    return file ? sendHalf(context, file) : context.text('no such sample\n', 404);
  });
  app.get('/padded/:size{[0-9]+}/:name', (context) => sendPadded(context, files));
  app.get('/:name', (context) => {
    const file = find(context);
    return file ? send(context, sampleBytes(file)) : context.text('no such sample\n', 404);
  });
  return app;
}

function redirect(context: MediaContext): Response {
  const url = new URL(context.req.url);
  const [, count = '0', rest = ''] = /\/redirect\/(\d+)\/(.*)$/.exec(url.pathname) ?? [];
  const left = Number(count) - 1;
  return context.redirect(`/media/${left > 0 ? `redirect/${left}/` : ''}${rest}${url.search}`, 302);
}

async function sendHalf(context: MediaContext, file: SampleFile): Promise<Response> {
  const { outgoing } = context.env;
  outgoing.writeHead(200, { 'content-type': file.contentType, 'content-length': String(file.bytes.length) });
  outgoing.write(file.bytes.subarray(0, file.bytes.length / 2), () => outgoing.destroy());
  return RESPONSE_ALREADY_SENT;
}

function sendPadded(context: MediaContext, files: readonly SampleFile[]): Response | Promise<Response> {
  const head = files.find((file) => file.name === 'sample.mp4');
  const size = Number(context.req.param('size'));
  const name = context.req.param('name');
  if (!head || !Number.isSafeInteger(size) || size < smallestPaddedSize(head.bytes)) {
    return context.text(`the size is ${head ? smallestPaddedSize(head.bytes) : 0} bytes or more\n`, 400);
  }
  return send(context, {
    size,
    headers: { 'content-type': 'video/mp4', etag: `"padded-${size}-${name}"` },
    read: (range) => readPadded(head.bytes, size, range),
  });
}

function sampleBytes(file: SampleFile): SendableBytes {
  return {
    size: file.bytes.length,
    headers: { 'content-type': file.contentType, etag: `"${file.sha256}"` },
    read: ({ start, end } = { start: 0, end: file.bytes.length - 1 }) =>
      Readable.from([file.bytes.subarray(start, end + 1)], { objectMode: false }),
  };
}

async function send(context: MediaContext, bytes: SendableBytes): Promise<Response> {
  const { incoming, outgoing } = context.env;
  if (incoming.method === 'HEAD' && context.req.query('head') === 'refused') {
    return context.body(null, 405, { allow: 'GET' });
  }
  const throttled = slow(bytes, Number(context.req.query('rate')));
  if (context.req.query('length') === 'none' && incoming.method === 'GET') {
    outgoing.writeHead(200, throttled.headers);
    await sendBody(throttled.read(), outgoing);
  } else {
    await sendBytes(incoming, outgoing, throttled);
  }
  return RESPONSE_ALREADY_SENT;
}

function slow(bytes: SendableBytes, bytesPerSecond: number): SendableBytes {
  if (!(bytesPerSecond > 0)) return bytes;
  return { ...bytes, read: (range) => throttle(bytes.read(range), bytesPerSecond) };
}
