import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { listen } from '../support/servers.js';

const script = fileURLToPath(new URL('../fixtures/leave-nothing.mjs', import.meta.url));

/** What a process waits for when it is stopped, and how the provider answers its look. */
const looks: Record<string, object | undefined> = {
  finished: { state: 'completed', items: [] },
  sleep: { state: 'running', nextLookMs: 3_600_000 },
  closed: { state: 'running', nextLookMs: 3_600_000 },
  backoff: undefined,
  request: undefined,
  body: undefined,
};
/** These wait for a start, and nobody looks at them. */
const waiting = ['slot', 'window'];

it('a process whose waits were aborted in every place, or ended, ends by itself', async () => {
  const seen = new Set<string>();
  const { url } = await listen((request, response) => {
    request.resume();
    const path = request.url?.slice(1) ?? '';
    if (path === 'start') return void response.end('{}');
    seen.add(path);
    if (path === 'backoff') response.writeHead(503, { 'retry-after': '2' }).end();
    if (path === 'body') response.writeHead(200, { 'content-length': 10 }).write('{');
    if (looks[path] !== undefined) response.end(JSON.stringify(looks[path]));
  });
  const child = fork(script, [url, ...Object.keys(looks), ...waiting], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (output += String(chunk)));
  const ended = once(child, 'close');
  await once(child, 'message');
  await expect.poll(() => [...seen].sort()).toEqual(Object.keys(looks).sort());
  // What is left says so after four seconds, and would stay for an hour.
  const stuck = setTimeout(() => child.kill('SIGKILL'), 30_000);
  child.send('stop');
  expect([await ended, output]).toEqual([[0, null], expect.stringMatching(/^\{[^}]*\}$/)]);
  clearTimeout(stuck);
  const aborted = [...Object.keys(looks), ...waiting].map((name) => [name, 'aborted']);
  expect(JSON.parse(output)).toEqual({ ...Object.fromEntries(aborted), finished: 'completed' });
});
