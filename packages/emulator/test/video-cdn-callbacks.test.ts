import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { add, emulateCdn, ended } from './video-cdn-support.js';

/** A receiver that remembers what came; `answer` is told which time it is, from 1. */
async function receive(answer: (time: number, response: ServerResponse) => void = (_time, response) => response.end()) {
  const came: string[] = [];
  const server = createServer((request, response) => {
    came.push(`${request.method} ${request.url}`);
    answer(came.length, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { came, url: `http://127.0.0.1:${port}/hook` };
}

test('a success tells the measured size and sha-256, behind a ? or a &', async () => {
  const emulator = await emulateCdn();
  const { came, url } = await receive();
  const [sample] = emulator.media.files;
  const said = `status=success&size=${sample?.size}&sha-256=${sample?.sha256}`;
  await add(emulator, { callback: `${url}/plain` });
  await add(emulator, { callback: `${url}?with=query`, name: 'other' });
  await vi.waitFor(
    () => expect(came.sort()).toEqual([`GET /hook/plain?${said}`, `GET /hook?with=query&${said}`]),
    20_000,
  );
});

test('a failure tells the reason', async () => {
  const emulator = await emulateCdn();
  const { came, url } = await receive();
  await add(emulator, { callback: url, size: 5 });
  const message = new URLSearchParams({
    status: 'fail',
    message: `size mismatch: expected 5, got ${emulator.media.files[0]?.size}`,
  });
  await vi.waitFor(() => expect(came).toEqual([`GET /hook?${message.toString()}`]), 20_000);
});

test('a receiver that does not take it is called again, and no more often than the settings say', async () => {
  const emulator = await emulateCdn({ callbackRetries: { tries: 3, everyMs: 1 } });
  const { came, url } = await receive((time, response) => response.writeHead(time < 3 ? 503 : 200).end());
  await add(emulator, { callback: url });
  await vi.waitFor(() => expect(emulator.videoCdn.callbacks()).toMatchObject([{ delivered: true }]), 20_000);
  expect(came).toHaveLength(3);
});

test.each([
  ['reset-before', 0, false],
  ['duplicate-delivery', 2, true],
] as const)('the fault %s', async (kind, times, delivered) => {
  const emulator = await emulateCdn({ callbackRetries: { tries: 2, everyMs: 1 } });
  emulator.faults.add({ on: 'webhook', kind });
  const { came, url } = await receive();
  await add(emulator, { callback: url });
  await vi.waitFor(() => {
    const [callback] = emulator.videoCdn.callbacks();
    expect([callback?.delivered, callback?.tries.length]).toEqual([delivered, delivered ? 1 : 2]);
  }, 20_000);
  expect(came).toHaveLength(times);
});

test('a callback can be early: before the add is answered', async () => {
  const emulator = await emulateCdn();
  emulator.faults.add({ on: 'add', kind: 'latency', accepted: true, latencyMs: 300 });
  const { came, url } = await receive();
  const adding = add(emulator, { callback: url });
  let answered = false;
  void adding.then(() => {
    answered = true;
  });
  await vi.waitFor(() => expect(came).toHaveLength(1), 20_000);
  expect(answered).toBe(false);
  await adding;
});

test('nobody is called back about a file that was replaced meanwhile', async () => {
  const emulator = await emulateCdn({ pullMs: 100 });
  const { came, url } = await receive();
  await add(emulator, { callback: `${url}/old`, size: 5 });
  await add(emulator, { callback: `${url}/new` });
  await ended(emulator);
  await vi.waitFor(() => expect(came).toHaveLength(1), 20_000);
  expect(came[0]).toMatch(/^GET \/hook\/new\?status=success/);
});
