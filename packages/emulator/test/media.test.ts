import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { probeMediaFile } from '../src/media/probe.js';
import { curl, emulate, sample } from './support.js';

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

async function probeBytes(bytes: Buffer) {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-test-'));
  try {
    await writeFile(join(folder, 'file'), bytes);
    return await probeMediaFile(join(folder, 'file'));
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe('the sample media', () => {
  it('are what their descriptions say', async () => {
    const emulator = await emulate();
    expect(emulator.media.files.map(({ name }) => name)).toEqual(['sample.mp4', 'tall.mp4', 'tone.m4a']);
    for (const file of emulator.media.files) {
      const bytes = Buffer.from(await (await fetch(file.url)).arrayBuffer());
      expect([bytes.length, sha256(bytes)]).toEqual([file.size, file.sha256]);
      expect((await probeBytes(bytes)).durationSeconds).toBe(file.durationSeconds);
    }
  });

  it('are made up to any size, and stay media', async () => {
    const emulator = await emulate();
    const url = `${emulator.media.url}/padded/300000/clip.mp4`;
    const response = await fetch(url);
    expect(response.headers.get('content-length')).toBe('300000');
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(bytes.length).toBe(300_000);
    expect(await probeBytes(bytes)).toEqual({
      durationSeconds: 6,
      width: 640,
      height: 360,
      title: 'Sluice sample',
      extension: 'mp4',
    });
    const size = emulator.media.files[0]?.size ?? 0;
    expect(bytes.subarray(size, size + 16).toString('hex')).toBe(
      `00000001${Buffer.from('free').toString('hex')}${(300_000 - size).toString(16).padStart(16, '0')}`,
    );
    const again = Buffer.concat(
      await Promise.all(
        [
          [0, 99_999],
          [100_000, 299_998],
          [299_999, 299_999],
        ].map(async ([start, end]) => {
          const part = await fetch(url, { headers: { range: `bytes=${start}-${end}` } });
          return Buffer.from(await part.arrayBuffer());
        }),
      ),
    );
    expect(sha256(again)).toBe(sha256(bytes));
  });

  it('know the length of 5 GB without holding them', async () => {
    const emulator = await emulate();
    const url = `${emulator.media.url}/padded/5000000000/large.mp4`;
    expect((await fetch(url, { method: 'HEAD' })).headers.get('content-length')).toBe('5000000000');
    const end = await fetch(url, { headers: { range: 'bytes=-4' } });
    expect([end.status, (await end.arrayBuffer()).byteLength]).toEqual([206, 4]);
    expect((await fetch(`${emulator.media.url}/padded/1000/small.mp4`)).status).toBe(400);
  });

  it('come as misbehaving sources', async () => {
    const emulator = await emulate();
    const url = sample(emulator);
    const file = emulator.media.files[0];
    const headRefused = await fetch(`${url}?head=refused`, { method: 'HEAD' });
    expect([headRefused.status, headRefused.headers.get('allow')]).toEqual([405, 'GET']);
    const chunked = await fetch(`${url}?length=none`, { headers: { range: 'bytes=0-0' } });
    expect([chunked.status, chunked.headers.get('content-length')]).toEqual([200, null]);
    expect(sha256(Buffer.from(await chunked.arrayBuffer()))).toBe(file?.sha256);
    const redirected = await curl(
      '-L',
      '-o',
      '/dev/null',
      '-w',
      '%{num_redirects} %{size_download}',
      `${emulator.media.url}/redirect/2/sample.mp4`,
    );
    expect(redirected).toBe(`2 ${file?.size}`);
    await expect(
      fetch(`${emulator.media.url}/broken/sample.mp4`).then((response) => response.text()),
    ).rejects.toThrow();
    expect((await fetch(`${emulator.media.url}/missing.mp4`)).status).toBe(404);
    expect((await fetch(`${emulator.media.url}/broken/missing.mp4`)).status).toBe(404);
  });

  it('flow as slowly as they are told', async () => {
    const emulator = await emulate();
    const before = performance.now();
    const response = await fetch(`${sample(emulator)}?rate=400000`);
    await response.arrayBuffer();
    expect(performance.now() - before).toBeGreaterThan(150);
  });
});
