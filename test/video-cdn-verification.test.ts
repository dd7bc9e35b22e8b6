import { createHash, randomBytes } from 'node:crypto';
import { createSluice, type Sluice, SluiceError } from '@sluice/core';
import { type Emulator, startEmulator } from '@sluice/emulator';
import { startUnrulyHttp, type UnrulyHttp } from '@sluice/test-servers';
import { videoCdn } from '@sluice/video-cdn';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { missingServers, type SourceServers, startSources } from './routes/servers.js';

const schemes = ['http', 'https', 'ftp', 'rsync', 'rsync+ssh', 's3'] as const;
const missing = await missingServers();

describe.skipIf(missing !== undefined)(
  `the Video CDN verifies what it fetches${missing ? ` (${missing})` : ''}`,
  () => {
    let servers: SourceServers;
    let emulator: Emulator;
    let sluice: Sluice;
    let unruly: UnrulyHttp;
    const logged: string[] = [];

    beforeAll(async () => {
      servers = await startSources(() => emulator.s3);
      unruly = await startUnrulyHttp();
      const { identityFile, knownHosts } = servers.ssh;
      const log = (entry: object) => void logged.push(JSON.stringify(entry));
      emulator = await startEmulator({
        ca: servers.certificate,
        videoCdn: { pullMs: 0, ssh: { identityFile, knownHosts } },
        log,
      });
      const { baseUrl, login, password } = emulator.videoCdn;
      const cdn = videoCdn({ baseUrl, login, password, pollIntervalMs: 20 });
      sluice = createSluice({ providers: { cdn }, log, ...servers.options });
    });

    afterAll(async () => {
      await sluice?.close();
      await emulator?.close();
      await unruly?.stop();
      await servers?.stop();
    });

    test.each(schemes)('%s: the right bytes match in size and sha-256', async (scheme) => {
      const content = randomBytes(200_000);
      const source = await servers.place(scheme, 'right.mp4', content);
      const job = await sluice.import({ source, name: `${scheme}/right.mp4`, expect: { sha256: 'compute' } });
      const { items, warnings } = await job.wait({ timeoutMs: 20_000 });
      const checks = {
        size: { outcome: 'match', actual: content.length },
        sha256: { outcome: 'match', actual: hex(content) },
      };
      expect(items).toMatchObject([{ ok: true, outcome: 'created', checks }]);
      expect(warnings).toEqual([]);
    });

    test.each(schemes)('%s: a wrong sha-256 fails with expected and actual', async (scheme) => {
      const content = randomBytes(1_000);
      const source = await servers.place(scheme, 'wrong.mp4', content);
      const sha256 = 'ab'.repeat(32);
      const job = await sluice.import({ source, name: `${scheme}/wrong.mp4`, expect: { sha256 } });
      const message = expect.stringContaining(`chksum mismatch: expected ${sha256}, got ${hex(content)}`);
      await expect(job.wait({ timeoutMs: 20_000 })).rejects.toMatchObject({ code: 'integrity', message });
    });

    test.each(schemes)(
      '%s: a source that grows before it is fetched fails with expected and actual',
      async (scheme) => {
        const content = randomBytes(1_000);
        const source = await servers.place(scheme, 'grows.mp4', content);
        emulator.videoCdn.setPulls(0);
        const { add } = emulator.videoCdn.counts();
        const job = await sluice.import({ source, name: `${scheme}/grows.mp4` });
        await vi.waitFor(() => expect(emulator.videoCdn.counts().add).toBe(add + 1), { timeout: 20_000 });
        await servers.place(scheme, 'grows.mp4', Buffer.concat([content, randomBytes(500)]));
        emulator.videoCdn.setPulls(2);
        const message = expect.stringMatching(
          /size mismatch: expected 1000, got 1500 .*expected 1000, but 1500 arrived/,
        );
        await expect(job.wait({ timeoutMs: 20_000 })).rejects.toMatchObject({ code: 'integrity', message });
      },
    );

    test.each(['told', 'untold'] as const)(
      'a transfer that breaks off, its length %s, is a wrong size',
      async (length) => {
        const bytes = randomBytes(100_000);
        const untold = length === 'untold' ? { length } : {};
        unruly.files.set('/broken.mp4', { bytes, truncatedAt: 50_000, ...untold });
        const source = `${unruly.url}/broken.mp4`;
        const job = await sluice.import({ source, name: `broken-${length}.mp4`, expect: { size: bytes.length } });
        const message = expect.stringMatching(/size mismatch: expected 100000, got (?!100000)\d+ /);
        await expect(job.wait({ timeoutMs: 20_000 })).rejects.toMatchObject({ code: 'integrity', message });
      },
    );

    test('a size that the source does not have is told before anything is sent', async () => {
      const source = await servers.place('ftp', 'size.mp4', randomBytes(1_000));
      const { add } = emulator.videoCdn.counts();
      const job = await sluice.import({ source, expect: { size: 999 } });
      const error: unknown = await job.wait({ timeoutMs: 20_000 }).catch((thrown: unknown) => thrown);
      expect(SluiceError.is(error) && [error.code, error.message]).toEqual([
        'integrity',
        'cdn: the source has 1000 bytes, expected 999; nothing was sent',
      ]);
      expect(emulator.videoCdn.counts().add).toBe(add);
    });

    test('credentials by origin reach the provider, and nothing else', async () => {
      const state = await (await fetch(`${emulator.url}/_emulator/state`)).text();
      const jobs: unknown[] = [];
      for await (const snapshot of sluice.jobs()) jobs.push(snapshot);
      const seen = [...logged, state, JSON.stringify(jobs)].join('\n');
      const secrets = Object.entries(servers.options.credentials).flatMap(([origin, account]) => {
        const { password } = account;
        return origin.startsWith('s3') ? [] : [password, encodeURIComponent(password)];
      });
      for (const secret of secrets) expect(seen).not.toContain(secret);
    });
  },
);

function hex(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
