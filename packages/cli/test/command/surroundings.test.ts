import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import * as z from 'zod';
import { cleanEnvironment, commandFile, jobOf, makeWorld } from './support.js';

const findingSchema = z.strictObject({
  type: z.literal('check'),
  check: z.string(),
  outcome: z.enum(['ok', 'warn', 'fail']),
  message: z.string(),
});

function findings(stdout: string) {
  return stdout
    .trim()
    .split('\n')
    .map((line) => findingSchema.parse(JSON.parse(line)));
}

describe.skipIf(!existsSync('/dev/full'))('an output that cannot be written (needs /dev/full)', () => {
  it('is told in one line', async () => {
    const { folder } = await makeWorld();
    const full = openSync('/dev/full', 'w');
    onTestFinished(() => closeSync(full));
    const ran = spawnSync(process.execPath, [commandFile, 'providers'], {
      cwd: folder,
      env: cleanEnvironment(folder),
      stdio: ['ignore', full, 'pipe'],
      encoding: 'utf8',
    });
    expect([ran.status, ran.stderr]).toEqual([
      1,
      expect.stringMatching(/^sluice: the output cannot be written: ENOSPC.*\n$/),
    ]);
  });
});

describe('sluice doctor', () => {
  it('finds nothing wrong where nothing is', async () => {
    const { sluice, emulator } = await makeWorld();
    const ran = await sluice('doctor', '--json');
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(findings(ran.stdout).map(({ check, outcome }) => `${check} ${outcome}`)).toEqual([
      ...['configuration ok', 'packages ok', 'settings ok', 'store ok', 'provider importly ok'],
    ]);
    expect((await sluice('doctor')).stdout).toMatch(/^ok {4}configuration {8}\S/);
    expect(emulator.importly.counts()).toMatchObject({ starts: 0, metadata: 0 });
  });

  it.each([
    { check: 'configuration', content: () => '{', message: /is not JSON/ },
    {
      check: 'packages',
      content: (usual: object) => ({ ...usual, store: { adapter: '@acme/store' } }),
      message: /npm install @acme\/store/,
    },
    {
      check: 'settings',
      content: (usual: object) => ({ ...usual, default: 'shop' }),
      message: /"shop" is not configured/,
    },
  ])('stops at the first check that fails: $check', async ({ check, content, message }) => {
    const { sluice, write, configuration } = await makeWorld();
    await write('sluice.config.json', content(configuration()));
    const ran = await sluice('doctor', '--json');
    expect(ran.code).toBe(1);
    expect(findings(ran.stdout).at(-1)).toMatchObject({
      check,
      outcome: 'fail',
      message: expect.stringMatching(message),
    });
  });

  it('finds a store that cannot be opened, and goes on', async () => {
    const { sluice, write, configuration } = await makeWorld();
    await write('sluice.config.json', {
      ...configuration(),
      store: { adapter: '@sluice/sqlite', path: 'sluice.config.json' },
    });
    const ran = await sluice('doctor', '--json');
    expect(ran.code).toBe(1);
    expect(
      findings(ran.stdout)
        .slice(3)
        .map(({ check, outcome }) => [check, outcome]),
    ).toEqual([
      ['store', 'fail'],
      ['provider importly', 'ok'],
    ]);
  });

  it('finds that the key of the store is another one', async () => {
    const { sluice, source, write, folder } = await makeWorld();
    await sluice('import', source);
    await chmod(join(folder, 'jobs.db.key'), 0o600);
    await write('jobs.db.key', `${'0'.repeat(64)}\n`);
    const ran = await sluice('doctor', '--json');
    expect(ran.code).toBe(1);
    expect(findings(ran.stdout).find(({ check }) => check === 'store')).toMatchObject({ outcome: 'fail' });
  });

  it('finds a provider that does not answer', async () => {
    const { sluice, write, configuration } = await makeWorld();
    await write('sluice.config.json', configuration({ baseUrl: 'http://127.0.0.1:9' }));
    const ran = await sluice('doctor', '--json');
    expect(ran.code).toBe(1);
    expect(findings(ran.stdout).at(-1)).toMatchObject({
      outcome: 'fail',
      message: expect.stringMatching(/127\.0\.0\.1:9 does not answer/),
    });
  });

  it('warns of a clock that is wrong', async () => {
    const { sluice, write, configuration } = await makeWorld();
    const date = new Date(Date.now() + 2 * 3_600_000).toUTCString();
    const server = createServer((_incoming, outgoing) => outgoing.writeHead(200, { date }).end()).listen(
      0,
      '127.0.0.1',
    );
    onTestFinished(() => void server.close());
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    await write('sluice.config.json', configuration({ baseUrl: `http://127.0.0.1:${port}` }));
    const ran = await sluice('doctor', '--json');
    expect(ran.code).toBe(0);
    expect(findings(ran.stdout).at(-1)).toMatchObject({
      outcome: 'warn',
      message: expect.stringMatching(/clock is 2 hours behind its own: set the clock/),
    });
  });

  it('says nothing of its own dependencies beside a staging bucket', async () => {
    const { sluice, write, configuration } = await makeWorld();
    const keys = { accessKeyId: 'a-key', secretAccessKey: 'a-secret' };
    const staging = { adapter: '@sluice/s3', endpoint: 'http://127.0.0.1:9', bucket: 'staging', ...keys };
    await write('sluice.config.json', { ...configuration(), staging });
    const ran = await sluice('doctor', '--json');
    expect(findings(ran.stdout)).toContainEqual(expect.objectContaining({ check: 'staging', outcome: 'fail' }));
    expect(ran).toMatchObject({ code: expect.any(Number), stderr: '' });
  });
});

describe('sluice providers', () => {
  it('tells capabilities and the limits in force, and no key', async () => {
    const { sluice, emulator } = await makeWorld({}, { limits: { jobs: 5, starts: null } });
    const ran = await sluice('providers', '--json');
    expect(JSON.parse(ran.stdout)).toMatchObject({
      type: 'provider',
      provider: {
        name: 'importly',
        adapter: 'importly',
        default: true,
        capabilities: { cancel: false },
        limits: { jobs: 5 },
      },
    });
    const text = (await sluice('providers')).stdout;
    expect(text).toMatch(/^importly \(default\)\n.*\n {2}sources {3}http, https\n/);
    expect(text).toMatch(/ {2}limits {4}5 at once · 3600 looks in 1h 00m/);
    expect(ran.stdout + text).not.toContain(emulator.importly.apiKey);
  });
});

describe('sluice emulator', () => {
  it('shows a configuration that works, tells what it is asked, and ends in order', async () => {
    const { sluice, start, write } = await makeWorld();
    const emulating = start('emulator', '--speed', '20', '--fault', 'start:error-500-before:1');
    await emulating.said('Ctrl-C ends it');
    emulating.child.kill('SIGINT');
    const first = await emulating.ended;
    expect(first.code).toBe(0);
    const snippet = /\{[\s\S]*?\n\}/.exec(first.stdout)?.[0] ?? '';
    const port = /127\.0\.0\.1:(\d+)/.exec(snippet)?.[1] ?? '';
    await write('emulator.json', snippet);
    const again = start(
      'emulator',
      '--speed',
      '20',
      '--port',
      port,
      '--fault',
      '{"on":"start","kind":"rate-limit","times":1}',
    );
    await again.said('Ctrl-C ends it');
    const command = /sluice import (\S+)/.exec(first.stdout)?.[1] ?? '';
    const ran = await sluice('import', command, '--json', '--config', 'emulator.json', '--timeout', '3s');
    expect(jobOf(ran).provider).toBe('importly');
    await again.said(/importly +429 {2}POST \/importly\/import/);
    again.child.kill('SIGTERM');
    expect((await again.ended).code).toBe(0);
  });

  it('says which port is taken', async () => {
    const { sluice, emulator } = await makeWorld();
    const ran = await sluice('emulator', '--port', new URL(emulator.url).port);
    expect(ran).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/^sluice: --port \d+: something else listens there; .*\n$/),
    });
  });
});

describe('help and version', () => {
  it('are exit code 0', async () => {
    const { sluice } = await makeWorld();
    expect(await sluice('--version')).toEqual({ code: 0, stdout: '0.1.0\n', stderr: '' });
    const help = await sluice('--help');
    expect(help).toMatchObject({ code: 0, stderr: '' });
    for (const name of [
      'import',
      'plan',
      'status',
      'wait',
      'jobs',
      'cancel',
      'resume',
      'providers',
      'doctor',
      'emulator',
    ]) {
      expect(help.stdout).toMatch(new RegExp(`^ {2}${name} `, 'm'));
    }
    expect((await sluice('help', 'import')).stdout).toContain('--expect-sha256 <hex>');
  });
});
