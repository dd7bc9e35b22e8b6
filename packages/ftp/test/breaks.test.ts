import { describe, expect, it } from 'vitest';
import { type Break, breaking } from './breaking-server.js';
import { bytes, digest, open, readAll } from './support.js';

describe('a transfer that breaks', () => {
  const done: Break = ({ data, control }) => data.end(() => control.write('226 Done\r\n'));
  const breaks: [string, Break][] = [
    ['ends early, as the server says', ({ data, control }) => data.end(() => control.write('426 Broken\r\n'))],
    ['ends early, and the server says that all is well', done],
    ['ends, and nobody says why', ({ data }) => data.end()],
    ['loses its login', ({ control }) => control.destroy()],
    ['says nothing more', () => undefined],
  ];

  it.each(breaks)('goes on where it stood: it %s', async (_how, broken) => {
    const { port, asked } = await breaking(bytes, { given: 1_000_000, broken });
    const opened = await open(`ftp://127.0.0.1:${port}/clip.mp4`, { idleTimeoutMs: 1_500 });
    expect(digest(await readAll(opened))).toBe(digest(bytes));
    expect(asked.filter((line) => line.startsWith('RETR'))).toHaveLength(2);
    expect(Number(asked.findLast((line) => line.startsWith('REST'))?.slice(5))).toBeLessThanOrEqual(1_000_000);
  });

  it('is closed when its signal fires', async () => {
    const { port, closed } = await breaking(bytes, { given: 1_000_000, broken: () => undefined });
    const stop = new AbortController();
    const opened = await open(`ftp://127.0.0.1:${port}/clip.mp4`, { signal: stop.signal });
    await opened.read(Buffer.alloc(10), 0);
    stop.abort();
    await closed;
  });

  it('waits for a reader that takes its time, however short the time-out', async () => {
    const late: Break = (connections) => void setTimeout(() => done(connections), 1_300);
    const { port, asked } = await breaking(bytes, { given: bytes.byteLength, broken: late });
    const opened = await open(`ftp://127.0.0.1:${port}/clip.mp4`, { idleTimeoutMs: 1_000 });
    await opened.read(Buffer.alloc(10), 0);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(digest(await readAll(opened, 10))).toBe(digest(bytes.subarray(10)));
    expect(asked.filter((line) => line.startsWith('RETR'))).toHaveLength(1);
  });
});
