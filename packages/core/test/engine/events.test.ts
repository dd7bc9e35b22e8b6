import { describe, expect, it } from 'vitest';
import { EventQueue } from '../../src/engine/event-queue.js';
import { SluiceError } from '../../src/model/error.js';
import type { ImportEvent } from '../../src/model/event.js';
import type { ImportJob } from '../../src/model/job.js';
import { memoryStore } from '../../src/store/memory.js';
import { completed, looksInTurn, running, started, startsInTurn, unavailable } from '../support/acme.js';
import { makeClient, source } from '../support/client.js';
import { ManualClock } from '../support/manual-clock.js';

async function follow(job: ImportJob, signal?: AbortSignal): Promise<ImportEvent[]> {
  const events: ImportEvent[] = [];
  for await (const event of job.events(signal === undefined ? {} : { signal })) events.push(event);
  return events;
}

/** An event in a few words. */
function brief(event: ImportEvent): string {
  if (event.type === 'state') return `${event.state}/${event.phase} ${event.rawState ?? '-'}`;
  if (event.type === 'progress') return `${event.progress.done} ${event.progress.unit}`;
  if (event.type === 'warning') return `warning ${event.warning.code}`;
  if (event.type === 'retry') return `retry ${event.error.code}`;
  return event.type === 'waiting' ? `waiting for ${event.what}` : `job ${event.snapshot.state}`;
}

function percent(done: number) {
  return { progress: { done, total: 100, unit: 'percent' } } as const;
}

describe('the events of a job', () => {
  it('tell its life in order, and end with the job', async () => {
    const { sluice, clock } = makeClient({
      members: {
        start: startsInTurn(unavailable(), started('r1', running('queued'))),
        status: looksInTurn(
          running('working', percent(10)),
          unavailable(),
          running('working', { ...percent(50), warnings: [{ code: 'odd', message: 'odd' }] }),
          running('working', percent(50)),
          running('strange', { unmapped: true }),
          completed,
        ),
      },
    });
    const job = await clock.run(sluice.import({ source }));
    const events = await clock.run(follow(job));
    expect(events.map(brief)).toEqual([
      ...['queued/prepare -', 'retry unavailable', 'queued/provider -', 'running/provider queued'],
      ...['running/provider working', '10 percent', 'retry unavailable', 'warning odd', '50 percent'],
      ...['running/provider strange', 'warning unmapped-state', 'completed/verify done', 'job completed'],
    ]);
    expect(new Set(events.map(({ job: id }) => id))).toEqual(new Set([job.id]));
  });

  it('say what a job waits for, and until when', async () => {
    const { sluice, clock } = makeClient({
      capabilities: { limits: { jobs: 1, starts: { max: 1, windowMs: 60_000 } } },
    });
    const began = clock.now();
    const first = await sluice.import({ source });
    const second = await sluice.import({ source });
    const [, events] = await clock.run(Promise.all([first.wait(), follow(second)]));
    expect(events.map(brief)).toEqual([
      ...['queued/prepare -', 'waiting for slot', 'waiting for window', 'queued/provider -'],
      ...['running/provider working', 'completed/verify done', 'job completed'],
    ]);
    const until = events.map((event) => (event.type === 'waiting' ? event.until : undefined));
    expect(until.slice(1, 3)).toEqual([undefined, new Date(began + 60_000).toISOString()]);
  });

  it('of a job that has ended are its end', async () => {
    const { sluice, clock } = makeClient();
    const job = await sluice.import({ source });
    await clock.run(job.wait());
    expect((await follow(job)).map(brief)).toEqual(['completed/verify done', 'job completed']);
  });

  it('of a failed job end with it, without throwing', async () => {
    const { sluice, clock } = makeClient({ members: { status: looksInTurn({ state: 'failed', rawState: 'error' }) } });
    const job = await sluice.import({ source });
    expect((await clock.run(follow(job))).map(brief).at(-1)).toBe('job failed');
  });

  it('come also when another process moves the job', async () => {
    const [store, clock] = [memoryStore(), new ManualClock()];
    const status = looksInTurn(running('working'), completed);
    const [mover, reader] = [
      makeClient({ members: { status } }, { store, clock }),
      makeClient({ members: { status } }, { store, clock }),
    ];
    const job = await mover.sluice.import({ source });
    const told = follow(await reader.sluice.job(job.id));
    await clock.run(mover.sluice.run({ untilIdle: true }));
    expect((await clock.run(told)).map(brief).at(-1)).toBe('job completed');
  });

  it('stop at once when they are aborted or left, and nobody moves the job then', async () => {
    const { sluice, clock } = makeClient({ members: { status: looksInTurn(running()) } });
    const job = await sluice.import({ source });
    const stop = new AbortController();
    const told = follow(job, stop.signal);
    await clock.advance(5_000);
    expect(clock.sleeping).toBe(1);
    stop.abort();
    await expect(told).rejects.toMatchObject({ code: 'aborted' });
    for await (const event of job.events()) {
      expect(event.type).toBe('state');
      break;
    }
    expect(clock.sleeping).toBe(0);
  });

  it('end with the call’s error when asking will not help', async () => {
    const { sluice, clock } = makeClient({
      members: { status: looksInTurn(new SluiceError({ code: 'auth', message: 'acme: wrong key' })) },
    });
    const job = await sluice.import({ source });
    await expect(clock.run(follow(job))).rejects.toMatchObject({ code: 'auth' });
  });
});

describe('a reader who is slow', () => {
  it('gets the newest progress alone, and everything else', async () => {
    const queue = new EventQueue();
    const progress = (done: number): ImportEvent => ({ type: 'progress', job: 'j', progress: { done, unit: 'bytes' } });
    const state = (rawState: string): ImportEvent => ({
      type: 'state',
      job: 'j',
      state: 'running',
      phase: 'provider',
      rawState,
    });
    const warning: ImportEvent = { type: 'warning', job: 'j', warning: { code: 'w', message: '' } };
    queue.push([state('a'), progress(1)]);
    for (let done = 2; done < 1_000; done += 1) queue.push([progress(done)]);
    queue.push([warning, state('b'), progress(1_000)]);
    queue.end();
    const told: string[] = [];
    for await (const event of queue) told.push(brief(event));
    expect(told).toEqual(['running/provider a', 'warning w', 'running/provider b', '1000 bytes']);
  });
});
