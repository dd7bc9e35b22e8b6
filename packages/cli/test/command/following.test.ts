import { describe, expect, it } from 'vitest';
import { jobOf, jobsOf, makeWorld, type Running } from './support.js';

/** An import that takes as long as a test needs it to. */
const slow = { speed: 1, importly: { queuedMs: 1, runningMs: 60_000 } };

/** Three different jobs are named. */
const threeJobs = /"job":"(job_\w+)"[\s\S]*"job":"((?!\1)job_\w+)"[\s\S]*"job":"((?!\1|\2)job_\w+)"/;

function interrupt({ child }: Running): void {
  child.kill('SIGINT');
}

describe('waiting that ends before the job', () => {
  it('is exit code 3 at the time-out; wait goes on, and ends with 0', async () => {
    const { sluice, source, emulator } = await makeWorld(slow);
    const ran = await sluice('import', source, '--json', '--timeout', '300ms');
    const { id, state } = jobOf(ran);
    expect([ran.code, state]).toEqual([3, expect.stringMatching(/^(queued|running)$/)]);
    expect(ran.stderr).toMatch(new RegExp(`^sluice: the time is up; .* Go on with: sluice wait ${id} `));
    const again = await sluice('wait', id, '--json', '--timeout', '300ms');
    expect([again.code, jobOf(again).id]).toEqual([3, id]);
    emulator.clock.advance(60_000);
    const done = await sluice('wait', id, '--json');
    expect([done.code, jobOf(done).state, emulator.importly.counts().starts]).toEqual([0, 'completed', 1]);
  });

  it('is exit code 130 at Ctrl-C; resume goes on, and ends with 0', async () => {
    const { start, source, emulator } = await makeWorld(slow);
    const running = start(
      'import',
      source,
      `${emulator.media.url}/tall.mp4`,
      `${emulator.media.url}/tone.m4a`,
      '--json',
    );
    await running.said(threeJobs);
    interrupt(running);
    const ran = await running.ended;
    expect(ran.code).toBe(130);
    expect(jobsOf(ran).map(({ state }) => state)).not.toContain('completed');
    expect(jobsOf(ran)).toHaveLength(3);
    expect(ran.stderr).toMatch(/^sluice: interrupted; 3 jobs are alive .*sluice resume\)\n$/);
    const resuming = start('resume', '--json');
    await resuming.said('"state":"running"');
    const clock = setInterval(() => emulator.clock.advance(30_000), 100);
    const resumed = await resuming.ended;
    clearInterval(clock);
    expect(resumed.code).toBe(0);
    expect(jobsOf(resumed).map(({ state }) => state)).toEqual(['completed', 'completed', 'completed']);
    expect(emulator.importly.counts()).toMatchObject({ starts: 3, startsAccepted: 3 });
  });

  it('comes at Ctrl-C after the answer to what was just handed over', async () => {
    const { start, source, emulator, write, configuration } = await makeWorld();
    emulator.faults.add({ on: 'create', kind: 'latency', latencyMs: 4_000 });
    await write('sluice.config.json', { ...configuration(), providers: { shop: emulator.providers.firework } });
    const running = start('import', source, '--json');
    await running.said('"phase":"provider"');
    interrupt(running);
    const ran = await running.ended;
    expect([ran.code, jobOf(ran).state, ran.stderr.match(/still being answered/g)]).toEqual([
      130,
      'completed',
      ['still being answered'],
    ]);
    expect(emulator.firework.videos()).toHaveLength(1);
  });

  it('ends at once at a second Ctrl-C', async () => {
    const { start, source } = await makeWorld(slow);
    const running = start('import', source);
    await running.said('running');
    interrupt(running);
    interrupt(running);
    expect((await running.ended).code).toBe(130);
  });

  it('says what to do on a terminal log, too', async () => {
    const { sluice, source } = await makeWorld(slow);
    const ran = await sluice('import', source, '--timeout', '300ms', '--config', 'sluice.config.json');
    expect(ran.stdout).toMatch(/^… media\/sample\.mp4 {2}provider: (queued|running)\n/);
    expect(ran.stderr).toMatch(
      /sluice wait job_\w+ --config sluice\.config\.json {3}\(or with all there are: sluice resume --config/,
    );
  });
});

describe('a job in another process', () => {
  it('is seen by status while it runs, and after its process is gone', async () => {
    const { sluice, start, source, emulator } = await makeWorld(slow);
    const running = start('import', source, '--json');
    await running.said('"state":"running"');
    const id = /job_\w+/.exec(JSON.stringify((await sluice('jobs', '--json')).stdout))?.[0] ?? '';
    const during = await sluice('status', id, '--json');
    expect([during.code, jobOf(during)]).toEqual([
      0,
      expect.objectContaining({ id, state: 'running', rawState: 'running' }),
    ]);
    running.child.kill('SIGKILL');
    await running.ended;
    expect((await sluice('status', id)).stdout).toMatch(/^… media\/sample\.mp4 {2}provider: running\n/);
    expect(emulator.importly.counts().starts).toBe(1);
  });

  it('that was killed a moment ago is said to be silent, once', async () => {
    const { sluice, start, source, emulator, write, configuration } = await makeWorld();
    emulator.faults.add({ on: 'create', kind: 'latency', latencyMs: 60_000 });
    await write('sluice.config.json', { ...configuration(), providers: { shop: emulator.providers.firework } });
    const running = start('import', source, `${emulator.media.url}/tall.mp4`, '--json');
    await running.said(/"phase":"provider"[\s\S]*"phase":"provider"/);
    running.child.kill('SIGKILL');
    await running.ended;
    const ran = await sluice('resume', '--timeout', '4s');
    expect([ran.code, ran.stderr.match(/no news/g)]).toEqual([3, ['no news']]);
    expect(ran.stderr).toMatch(/^sluice: job_\w+: no news for 3 s: another process may hold it; .* within 15 s\n/m);
  });

  it('is handed over by --no-wait, and carried on by wait', async () => {
    const { sluice, source, emulator } = await makeWorld(slow);
    const ran = await sluice('import', source, '--json', '--no-wait');
    expect([ran.code, jobOf(ran).state, emulator.importly.imports().length]).toEqual([0, 'queued', 1]);
    emulator.clock.advance(61_000);
    const done = await sluice('wait', jobOf(ran).id, '--json');
    expect([done.code, jobOf(done).state, emulator.importly.counts().starts]).toEqual([0, 'completed', 1]);
    const status = await sluice('status', jobOf(ran).id, jobOf(ran).id);
    expect([status.code, status.stdout.match(/✓/g)]).toEqual([0, ['✓']]);
  });

  it('that failed is exit code 1 for status and wait', async () => {
    const { sluice, emulator } = await makeWorld();
    const { id } = jobOf(await sluice('import', `${emulator.media.url}/nowhere.mp4`, '--json'));
    expect((await sluice('status', id)).code).toBe(1);
    const ran = await sluice('wait', id, '--json');
    expect([ran.code, jobOf(ran).state]).toEqual([1, 'failed']);
  });

  it('is alive when the provider refuses to say how it stands', async () => {
    const { sluice, source, write, configuration } = await makeWorld(slow);
    const { id } = jobOf(await sluice('import', source, '--no-wait', '--json'));
    await write('sluice.config.json', configuration({ apiKey: 'not-the-key' }));
    const ran = await sluice('wait', id, '--json');
    expect([ran.code, jobOf(ran).state]).toEqual([1, 'queued']);
    expect(ran.stderr).toMatch(new RegExp(`^sluice: ${id}: auth: [^\\n]*; the job is alive: sluice wait ${id}\\n$`));
  });

  it('is not needed by resume', async () => {
    const { sluice } = await makeWorld();
    expect(await sluice('resume')).toEqual({
      code: 0,
      stdout: '',
      stderr: 'sluice: nothing to resume: every job is over\n',
    });
  });
});

describe('sluice jobs', () => {
  it('lists what is asked for, the newest first', async () => {
    const { sluice, source, emulator } = await makeWorld();
    const first = jobOf(await sluice('import', source, '--json'));
    const second = jobOf(await sluice('import', `${emulator.media.url}/nowhere.mp4`, '--json'));
    const ids = async (...words: string[]) => jobsOf(await sluice('jobs', '--json', ...words)).map(({ id }) => id);
    expect(await ids()).toEqual([second.id, first.id]);
    expect(await ids('--state', 'completed,queued')).toEqual([first.id]);
    expect(await ids('--limit', '1')).toEqual([second.id]);
    expect(await ids('--provider', 'shop')).toEqual([]);
    expect(await sluice('jobs', '--state', 'canceled')).toEqual({ code: 0, stdout: '', stderr: 'sluice: no jobs\n' });
  });
});

describe('sluice cancel', () => {
  it('cancels a job that the provider does not have yet', async () => {
    const { sluice, source, emulator } = await makeWorld(slow, { limits: { jobs: 1 } });
    await sluice('import', source, '--no-wait');
    const waiting = jobOf(await sluice('import', `${emulator.media.url}/tall.mp4`, '--no-wait', '--json'));
    const ran = await sluice('cancel', waiting.id, '--json');
    expect([ran.code, ran.stderr, jobOf(ran)]).toEqual([
      0,
      '',
      expect.objectContaining({ id: waiting.id, state: 'canceled' }),
    ]);
    expect(emulator.importly.counts().starts).toBe(1);
    expect((await sluice('cancel', waiting.id)).code).toBe(0);
  });

  it('says that there is nothing to cancel', async () => {
    const { sluice } = await makeWorld();
    const ran = await sluice('cancel', '--all');
    expect(ran).toEqual({ code: 0, stdout: '', stderr: 'sluice: nothing to cancel: no such job is still going\n' });
  });

  it('says that the provider cannot, and the way out', async () => {
    const { sluice, source } = await makeWorld(slow);
    const { id } = jobOf(await sluice('import', source, '--no-wait', '--json'));
    const ran = await sluice('cancel', id, '--json');
    expect([ran.code, jobOf(ran).state]).toEqual([1, 'queued']);
    expect(ran.stderr).toMatch(new RegExp(`^sluice: ${id}: [^\\n]*sluice cancel ${id} --abandon\\n$`));
    const abandoned = await sluice('cancel', id, '--abandon', '--json');
    const job = jobOf(abandoned);
    expect([abandoned.code, job.state]).toEqual([0, 'canceled']);
    expect(job.warnings.map(({ message }) => message).join()).toMatch(/bill/);
  });

  it('says that a job is over', async () => {
    const { sluice, source } = await makeWorld();
    const { id } = jobOf(await sluice('import', source, '--json'));
    const ran = await sluice('cancel', id);
    expect([ran.code, ran.stderr]).toEqual([1, `sluice: ${id}: it is completed, there is nothing to cancel\n`]);
  });
});
