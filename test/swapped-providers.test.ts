import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Emulator, startEmulator } from '@sluice/emulator';
import { afterAll, beforeAll, expect, test } from 'vitest';

const command = fileURLToPath(new URL('../packages/cli/bin/sluice.js', import.meta.url));

let emulator: Emulator;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-swap-'));
  emulator = await startEmulator({ speed: 10 });
});

afterAll(async () => {
  await emulator.close();
  await rm(folder, { recursive: true });
});

test.each(['importly', 'firework', 'video-cdn', 'twelvelabs'])(
  'the same command completes with %s as the default in the configuration',
  async (name) => {
    const configuration = join(folder, `${name}.json`);
    const { media } = emulator;
    const often = Object.entries(emulator.providers).map(([one, entry]) => [one, { ...entry, pollIntervalMs: 200 }]);
    const providers: unknown = Object.fromEntries(often);
    const network = { allowPrivateAddresses: true };
    await writeFile(configuration, JSON.stringify({ default: name, providers, network }));
    const parameters = ['import', `${media.url}/sample.mp4`, '--json', '--config', configuration];
    const { stdout } = await promisify(execFile)(process.execPath, [command, ...parameters], {
      env: { ...process.env, XDG_STATE_HOME: folder },
    });
    const last: unknown = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
    expect(last).toMatchObject({ type: 'job', job: { provider: name, state: 'completed', items: [{ ok: true }] } });
  },
);
