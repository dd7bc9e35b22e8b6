import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Emulator, startEmulator } from '@sluice/emulator';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missingServers, type SourceServers, startSources } from './routes/servers.js';

const command = fileURLToPath(new URL('../packages/cli/bin/sluice.js', import.meta.url));
const schemes = ['http', 'https', 'ftp', 'rsync', 'rsync+ssh', 's3'] as const;
const missing = await missingServers();

/** How the command ended, with the last line that it printed. */
interface Ended {
  code: number;
  last: unknown;
  said: string;
}

describe.skipIf(missing !== undefined)(`six schemes through the command (${missing ?? 'real servers'})`, () => {
  let servers: SourceServers;
  let emulator: Emulator;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-command-'));
    servers = await startSources(() => emulator.s3);
    const { identityFile, knownHosts } = servers.ssh;
    emulator = await startEmulator({
      ca: servers.certificate,
      videoCdn: { pullMs: 0, ssh: { identityFile, knownHosts } },
    });
    const { baseUrl, login, password } = emulator.videoCdn;
    await writeFile(join(folder, 'ca.pem'), servers.certificate);
    const configuration = {
      providers: { cdn: { adapter: '@sluice/video-cdn', baseUrl, login, password, pollIntervalMs: 50 } },
      sources: {
        ssh: { adapter: '@sluice/rsync', identityFile, knownHosts },
        objects: { adapter: '@sluice/s3', endpoints: { [new URL(emulator.s3.endpoint).host]: { tls: false } } },
      },
      credentials: servers.options.credentials,
      network: { allowPrivateAddresses: true, ca: 'ca.pem' },
    };
    await writeFile(join(folder, 'sluice.config.json'), JSON.stringify(configuration));
  });

  afterAll(async () => {
    await emulator?.close();
    await servers?.stop();
    await rm(folder, { recursive: true });
  });

  function sluice(...parameters: string[]): Promise<Ended> {
    const options = { cwd: folder, env: { ...process.env, XDG_STATE_HOME: folder } };
    return new Promise((resolve) => {
      execFile(process.execPath, [command, ...parameters, '--json'], options, (error, stdout, stderr) => {
        const last: unknown = JSON.parse(stdout.trim().split('\n').at(-1) ?? 'null');
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, last, said: stdout + stderr });
      });
    });
  }

  test.each(schemes)('%s: right bytes match twice; a wrong size and a wrong digest are integrity', async (scheme) => {
    const content = randomBytes(100_000);
    const source = String(await servers.place(scheme, 'film.mp4', content));
    const sha256 = createHash('sha256').update(content).digest('hex');
    const importAs = (name: string, ...expected: string[]) =>
      sluice('import', source, '--name', `${scheme}/${name}`, ...expected);
    const right = await importAs('right.mp4', '--expect-size', '100000', '--expect-sha256', sha256);
    const checks = { size: { outcome: 'match' }, sha256: { outcome: 'match' } };
    expect(right).toMatchObject({ code: 0, last: { job: { state: 'completed', items: [{ ok: true, checks }] } } });
    const failed = (message: RegExp) => ({
      code: 1,
      last: { job: { state: 'failed', error: { code: 'integrity', message: expect.stringMatching(message) } } },
    });
    const size = await importAs('size.mp4', '--expect-size', '99999');
    expect(size).toMatchObject(failed(/100000 bytes, expected 99999/));
    const digest = await importAs('digest.mp4', '--expect-sha256', 'ab'.repeat(32));
    expect(digest).toMatchObject(failed(new RegExp(`expected ${'ab'.repeat(32)}.*${sha256}`)));
    const passwords = Object.values(servers.options.credentials).map(({ password }) => password);
    for (const password of passwords) expect(right.said + size.said + digest.said).not.toContain(password);
  });
});
