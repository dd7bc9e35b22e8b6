import type { Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type { FormTransfer, PartsTransfer } from '../../src/platform/byte-plane.js';
import { createBytePlane } from '../../src/platform/node-bytes/create.js';
import { listen } from '../support/servers.js';
import { taking, transferOf } from './transfers.js';

const whole = new Uint8Array(20_000_000).fill(7);

/** A peer that answers as soon as a request begins, and reads nothing more of it. */
function answeringAtOnce(text: string) {
  return listen((request) => {
    const socket: Socket = request.socket;
    socket.pause();
    socket.write(text);
  });
}

function openPlane() {
  const plane = createBytePlane({});
  onTestFinished(() => plane.close());
  return plane;
}

function formOf(url: string, own: Partial<PartsTransfer> = {}): FormTransfer {
  const form = { url, fields: [], fileField: 'file', filename: 'a.mp4', contentType: 'video/mp4' };
  return { ...transferOf(whole, { url, partSize: whole.length }, own), form };
}

test.each([false, true])(
  'parts that are stopped while one is noted are not all there (with sha-256: %s)',
  async (digest) => {
    const { url } = await listen(taking((_body, response) => response.setHeader('etag', '"a"').end()));
    const stop = new AbortController();
    const arrived = async () => {
      stop.abort(new Error('enough'));
      await new Promise((resolve) => setTimeout(resolve, 5));
    };
    const own = { inFlight: 1, digest, signal: stop.signal, arrived };
    await expect(openPlane().sendParts(transferOf(whole, { url, partSize: 1_000_000 }, own))).rejects.toMatchObject({
      code: 'aborted',
    });
  },
);

test('an answer that begins another protocol is a connection that broke', async () => {
  const { url } = await answeringAtOnce(
    'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: other\r\n\r\n',
  );
  const plane = openPlane();
  await expect(plane.sendParts(transferOf(whole, { url, partSize: whole.length }))).rejects.toThrow('another protocol');
  let moved = 0;
  const counted = {
    moved: (bytes: number) => {
      moved += bytes;
    },
  };
  await expect(plane.sendForm(formOf(url, counted))).rejects.toMatchObject({
    failure: { kind: 'broken', unfinished: true },
  });
  // The peer read next to nothing.
  expect(moved).toBeLessThan(whole.length);
});

test('what is taken before it was whole was not taken', async () => {
  const { url } = await answeringAtOnce('HTTP/1.1 200 OK\r\netag: "a"\r\ncontent-length: 0\r\n\r\n');
  const plane = openPlane();
  await expect(plane.sendParts(transferOf(whole, { url, partSize: whole.length }))).rejects.toThrow(
    'before it was whole',
  );
  const thrown: unknown = await plane.sendForm(formOf(url)).catch((error: unknown) => error);
  expect(thrown).toMatchObject({ failure: { kind: 'broken' } });
  // Of a part of it something may have been made all the same.
  expect(thrown).not.toHaveProperty('failure.unfinished');
});
