import type { ImportEvent } from '@sluice/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createReporter } from '../../src/output/create-reporter.js';
import { Rate } from '../../src/output/rate.js';
import { Screen } from '../../src/output/screen.js';
import { renderTable } from '../../src/output/table.js';
import { snapshot } from './snapshots.js';

function recorder(options: { isTTY: boolean; columns?: number; rows?: number }) {
  const writes: string[] = [];
  const write = (text: string) => writes.push(text);
  return { writes, hasColors: () => false, write, ...options };
}

describe('the screen', () => {
  it('draws over its own lines in one write, and only when something changed', () => {
    const terminal = recorder({ isTTY: true });
    const screen = new Screen(terminal);
    screen.draw(['one', 'two']);
    screen.draw(['one', 'two']);
    screen.draw(['one', 'three']);
    screen.clear();
    screen.clear();
    expect(terminal.writes).toEqual([
      '\x1b[?25l\rone\x1b[K\ntwo\x1b[K\n\x1b[J',
      '\x1b[?25l\r\x1b[2Aone\x1b[K\nthree\x1b[K\n\x1b[J',
      '\x1b[?25h\r\x1b[2A\x1b[J',
    ]);
  });

  it('takes away lines that a narrower terminal has broken', () => {
    const terminal = recorder({ isTTY: true, columns: 80 });
    const screen = new Screen(terminal);
    screen.draw(['x'.repeat(70)]);
    terminal.columns = 30;
    screen.clear();
    expect(terminal.writes.at(-1)).toBe('\x1b[?25h\r\x1b[3A\x1b[J');
  });
});

describe('the terminal display', () => {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubEnv('TERM', 'xterm');
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('draws at most ten times a second, however much happens', () => {
    const output = { stdout: recorder({ isTTY: true }), stderr: recorder({ isTTY: true, columns: 80, rows: 24 }) };
    const reporter = createReporter({}, output);
    reporter.added(snapshot());
    for (let done = 0; done < 1_000; done += 1) {
      const event: ImportEvent = { type: 'progress', job: 'job_1', progress: { done, unit: 'bytes' } };
      reporter.happened(event, snapshot({ progress: event.progress }));
      vi.advanceTimersByTime(1);
    }
    expect(output.stderr.writes.length).toBeGreaterThan(5);
    expect(output.stderr.writes.length).toBeLessThanOrEqual(10);
    reporter.ended(snapshot({ state: 'completed' }));
    reporter.close();
    expect(output.stderr.writes.at(-1)).toBe('\x1b[?25h\r\x1b[1A\x1b[J');
    expect(output.stdout.writes.join('')).toMatch(/^✓ clip\.mp4\n/);
  });

  it('writes plain lines when something changes where there is no terminal, or a dumb one', () => {
    for (const isTTY of [false, true]) {
      vi.stubEnv('TERM', 'dumb');
      const output = { stdout: recorder({ isTTY: false }), stderr: recorder({ isTTY }) };
      const reporter = createReporter({}, output);
      reporter.added(snapshot({ state: 'queued', rawState: 'queued' }));
      const event: ImportEvent = { type: 'state', job: 'job_1', state: 'running', phase: 'provider' };
      for (let times = 0; times < 3; times += 1) reporter.happened(event, snapshot());
      for (const done of [41, 42, 55]) {
        const progress = { done, unit: 'percent' } as const;
        reporter.happened({ type: 'progress', job: 'job_1', progress }, snapshot({ progress }));
      }
      reporter.happened({ type: 'warning', job: 'job_1', warning: { code: 'c', message: 'mind\x07' } }, snapshot());
      reporter.ended(snapshot({ state: 'completed' }));
      reporter.close();
      expect(output.stderr.writes).toEqual([
        'job_1  clip.mp4  provider: queued\n',
        'job_1  clip.mp4  provider: importing\n',
        'job_1  clip.mp4  40 %\n',
        'job_1  clip.mp4  50 %\n',
        'job_1  clip.mp4  warning: mind\uFFFD\n',
      ]);
    }
  });

  it('says nothing but JSON on standard output when asked', () => {
    const output = { stdout: recorder({ isTTY: true }), stderr: recorder({ isTTY: true }) };
    const reporter = createReporter({ json: true }, output);
    reporter.added(snapshot());
    reporter.happened({ type: 'state', job: 'job_1', state: 'running', phase: 'provider' }, snapshot());
    reporter.note('interrupted');
    reporter.ended(snapshot());
    reporter.close();
    expect(output.stdout.writes.map((line) => JSON.parse(line).type)).toEqual(['state', 'job']);
    expect(output.stderr.writes).toEqual(['sluice: interrupted\n']);
  });
});

describe('the rate', () => {
  it('is of the last seconds, and starts anew with the upload', () => {
    const rate = new Rate();
    rate.add(0, 0);
    expect(rate.perSecond()).toBeUndefined();
    rate.add(1_000, 10_000);
    rate.add(20_000, 20_000);
    rate.add(22_000, 60_000);
    expect(rate.perSecond()).toBe((50_000 / 21_000) * 1_000);
    rate.add(26_000, 100_000);
    expect(rate.perSecond()).toBe((80_000 / 6_000) * 1_000);
    rate.add(27_000, 0);
    rate.add(28_000, 5_000);
    expect(rate.perSecond()).toBe(5_000);
  });
});

describe('a table', () => {
  it('gives way in its flexible column', () => {
    const rows = [
      ['JOB', 'NAME', 'STATE'],
      ['job_1', 'folder/with/a/long/name.mp4', 'running'],
    ];
    expect(renderTable(rows, { flexible: 1 })[1]).toBe('job_1  folder/with/a/long/name.mp4  running');
    expect(renderTable(rows, { flexible: 1, columns: 30 })).toEqual([
      'JOB    NAME            STATE',
      'job_1  folde…name.mp4  running',
    ]);
  });
});
