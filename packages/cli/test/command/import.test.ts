import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { jobOf, jobsOf, linesOf, makeWorld } from './support.js';

describe('sluice import', () => {
  it('imports, and tells a person what arrived', async () => {
    const { sluice, source, emulator } = await makeWorld();
    const ran = await sluice('import', source);
    const [done] = emulator.importly.imports();
    expect(ran.code).toBe(0);
    expect(ran.stdout).toMatch(/^✓ media\/sample\.mp4\n/);
    expect(ran.stdout).toContain(`  url       ${done?.mediaUrl}\n`);
    expect(ran.stdout).toMatch(/ {2}cost {6}1 credit\n/);
    expect(ran.stderr).toMatch(/^job_\w+ {2}media\/sample\.mp4 {2}\S/);
    expect(emulator.importly.counts().starts).toBe(1);
  });

  it('tells a program the same in one object a line, the job last', async () => {
    const { sluice, source, emulator } = await makeWorld();
    const ran = await sluice('import', source, '--json');
    const job = jobOf(ran);
    const [item] = job.items;
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(linesOf(ran)[0]).toMatchObject({ type: 'state', job: job.id });
    expect(job).toMatchObject({
      provider: 'importly',
      state: 'completed',
      rawState: 'completed',
      warnings: [],
      error: null,
    });
    expect(item).toMatchObject({
      ok: true,
      asset: { url: emulator.importly.imports()[0]?.mediaUrl, durationSeconds: 6 },
    });
  });

  it('takes the sha-256 from a source that the provider fetches itself, and holds both against it', async () => {
    const { sluice, source, emulator } = await makeWorld();
    const words = ['import', source, '--expect-sha256', 'compute', '--json'];
    const checks = { size: { outcome: expect.any(String) }, sha256: { outcome: 'match' } };
    expect(jobOf(await sluice(...words)).items).toMatchObject([{ ok: true, checks }]);
    expect(emulator.importly.counts().starts).toBe(1);
  });

  it('hands over what the provider is to be told, and warns of the rest', async () => {
    const { sluice, source, emulator } = await makeWorld();
    const wishes = ['--option', 'videoQuality=720p', '--option', 'store=true', '--option', 'storagePath=a/b'];
    const neutral = ['--name', 'mine', '--metadata', 'title=Mine', '--priority', '3'];
    const ran = await sluice('import', source, '--json', '--provider', 'importly', ...wishes, ...neutral);
    expect(ran.code).toBe(0);
    expect(emulator.importly.imports()[0]?.request).toMatchObject({
      ...{ url: source, videoQuality: '720p', store: true, storagePath: 'a/b' },
    });
    const warnings = jobOf(ran)
      .warnings.map(({ message }) => message)
      .join('\n');
    expect(warnings).toContain('metadata.title');
    expect(linesOf(ran).some(({ type }) => type === 'warning')).toBe(true);
  });

  it('imports several sources, and says with 1 that one of them failed', async () => {
    const { sluice, source, emulator } = await makeWorld();
    const nowhere = `${emulator.media.url}/nowhere.mp4`;
    const ran = await sluice('import', source, nowhere, `${emulator.media.url}/tall.mp4`, '--json');
    expect(ran.code).toBe(1);
    expect(
      jobsOf(ran)
        .map(({ state }) => state)
        .sort(),
    ).toEqual(['completed', 'completed', 'failed']);
    const failed = jobsOf(ran).find(({ state }) => state === 'failed');
    expect(failed?.error).toMatchObject({ code: 'source-unreachable' });
  });

  it('imports more sources than fit on a screen', async () => {
    const { sluice, emulator } = await makeWorld({ speed: 100 });
    const sources = Array.from({ length: 14 }, (_, index) => `${emulator.media.url}/padded/80000/${index}.mp4`);
    const ran = await sluice('import', ...sources, '--json');
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(jobsOf(ran)).toHaveLength(14);
    expect(emulator.importly.counts()).toMatchObject({ starts: 14, peakConcurrent: 2 });
  });

  it('says with 1, not 2, that the provider refused the job', async () => {
    const { sluice, source } = await makeWorld({}, { apiKey: 'not-the-key' });
    const ran = await sluice('import', source, '--json');
    expect(ran.code).toBe(1);
    expect(jobOf(ran)).toMatchObject({ state: 'failed', error: { code: 'auth' } });
  });

  it('imports once under one key', async () => {
    const { sluice, source, emulator } = await makeWorld();
    const first = await sluice('import', source, '--json', '--key', 'k');
    const second = await sluice('import', source, '--json', '--key', 'k');
    expect(jobOf(second)).toEqual(jobOf(first));
    expect([first.code, second.code, emulator.importly.counts().starts]).toEqual([0, 0, 1]);
  });

  it('keeps its jobs in the state folder when the configuration names no store', async () => {
    const { sluice, source, write, configuration, folder } = await makeWorld();
    await write('sluice.config.json', { ...configuration(), store: undefined });
    expect((await sluice('import', source)).code).toBe(0);
    expect(existsSync(join(folder, 'state/sluice/jobs.db'))).toBe(true);
    expect((await sluice('jobs')).stdout).toMatch(
      /^JOB .*\njob_\w+ +completed +importly +media\/sample\.mp4 +\d+ seconds? ago\n$/,
    );
  });

  it('shows no credential and no query anywhere', async () => {
    const { sluice, source, emulator } = await makeWorld();
    const secret = source.replace('http://', 'http://user:pass-hush@');
    for (const format of [[], ['--json']]) {
      const good = await sluice('import', `${source}?token=query-hush`, ...format);
      const bad = await sluice('import', `${emulator.media.url}/nowhere.mp4?token=query-hush`, ...format);
      const plan = await sluice('plan', `${secret}?token=query-hush`, ...format);
      const refused = await sluice('import', 'gopher://user:pass-hush@host/?token=query-hush', ...format);
      expect([good.code, bad.code, plan.code, refused.code]).toEqual([0, 1, 0, 2]);
      for (const { stdout, stderr } of [good, bad, plan, refused]) {
        expect(stdout + stderr).not.toMatch(/hush/);
        expect(stdout + stderr).not.toContain(emulator.importly.apiKey);
      }
    }
  });
});

describe('sluice plan', () => {
  it('tells route, checks and problems, and asks the provider nothing', async () => {
    const { sluice, source, emulator } = await makeWorld();
    const ran = await sluice('plan', source, './sluice.config.json', '--json', '--priority', '2');
    const plans = ran.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(ran.code).toBe(1);
    expect(plans[0]).toMatchObject({ type: 'plan', plan: { adapter: 'importly', route: { kind: 'direct' } } });
    expect(plans[1].plan.problems).toContainEqual(expect.objectContaining({ severity: 'error', field: 'source' }));
    expect((await sluice('plan', source)).stdout).toMatch(/ {2}route {5}direct: importly fetches http URLs itself\n/);
    expect(emulator.importly.requests()).toEqual([]);
    expect((await sluice('jobs', '--json')).stdout).toBe('');
  });

  it('asks about the source when it is told to', async () => {
    const { sluice, source, emulator } = await makeWorld();
    const ran = await sluice('plan', source, '--probe');
    expect(ran.code).toBe(0);
    expect(ran.stdout).toMatch(/ {2}title {5}Sluice sample\n {2}duration {2}0:06\n/);
    expect(emulator.importly.counts()).toMatchObject({ starts: 0, metadata: 1 });
  });
});
