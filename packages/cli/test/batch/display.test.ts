import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { BatchScene } from '../../src/batch/batch-reporter.js';
import { PlainBatchReporter } from '../../src/batch/plain-batch-reporter.js';
import type { RowEnding } from '../../src/batch/row-ending.js';
import { Tally } from '../../src/batch/tally.js';
import { hasPython, onTerminal } from '../command/pseudo-terminal.js';
import { makeWorld, type World } from '../command/support.js';
import { snapshot } from '../output/snapshots.js';

const rows = 14;

/** Ten rows for a provider that takes two at a time, one of them wrong, one whose source is gone; and four for one that is not there. */
async function makeBatch(): Promise<World> {
  const world = await makeWorld(
    { importly: { queuedMs: 2_000, runningMs: 6_000, sources: 'remember', storage: 'none' } },
    { limits: { jobs: 2, starts: null, statuses: null } },
  );
  const { importly } = JSON.parse(JSON.stringify(world.configuration())).providers;
  const gone = { ...importly, baseUrl: 'http://127.0.0.1:2', limits: { jobs: null }, deadlineMs: 3_000 };
  await world.write('sluice.config.json', {
    ...world.configuration(),
    default: 'importly',
    providers: { importly, gone },
  });
  const lines = Array.from({ length: rows - 2 }, (_, index) => {
    const provider = index < 8 ? 'importly' : 'gone';
    return `${world.source},row-${index},${provider},row-${index}\n`;
  });
  const missing = `${world.emulator.media.url}/missing.mp4,missing,importly,missing\n`;
  await world.write(
    'rows.csv',
    `source,name,provider,key\n${missing}nothing.mp4,wrong,importly,wrong\n${lines.join('')}`,
  );
  return world;
}

/** What stood on the terminal, drawing after drawing. */
function drawings(output: string): string[] {
  return output
    .split('\x1b[?25l')
    .slice(1)
    .map((drawn) => stripVTControlCharacters(drawn));
}

describe.runIf(hasPython)('a batch on a terminal (skipped without python3)', () => {
  it('shows rows that are over and what the others wait for, the rate and the time left, and leaves the sums', {
    timeout: 60_000,
  }, async () => {
    const { folder } = await makeBatch();
    const { code, output } = await onTerminal(['batch', 'rows.csv'], folder);
    const seen = drawings(output);
    const some = (pattern: RegExp) => expect(seen).toContainEqual(expect.stringMatching(pattern));
    expect(code).toBe(1);
    // The whole: a bar, how many of how many, the rate, the time left, the time taken.
    some(/ [━─]{6,} \d+ of 14 · \d+\.\d rows\/s · (at least )?\d+ s left/);
    some(/ [1-7] completed · [1-5] failed · 1 refused/);
    // What the others do and wait for.
    some(/ [12] at the provider · .*waiting [1-9] for a limit/);
    some(/gone does not answer, tried again in \d+ s|waiting .*\d for the network/);
    // What is drawn over is no wider than the terminal.
    const drawn = seen
      .flatMap((one) => one.replaceAll('\r', '').split('\n'))
      .filter((line) => !/^(?:[✗✓]|sluice:)/.test(line));
    expect(Math.max(...drawn.map((line) => line.length))).toBeLessThan(72);
    expect(stripVTControlCharacters(output)).toMatch(
      /✗ 8 completed · 5 failed · 1 refused · \d+ credits · took \d+ s\r\nsluice: 5 that failed may succeed: .*\r\n$/,
    );
    expect(output.lastIndexOf('\x1b[?25h')).toBeGreaterThan(output.lastIndexOf('\x1b[?25l'));
    // Rows that failed stand above, and stay.
    expect(output).toMatch(/✗\S* row 1 \(line 2\) missing: source-unreachable: .*\r\n/);
    expect(output).toMatch(/✗\S* row 2 \(line 3\) wrong: source: .*no file at .*\r\n/);
  });

  it('draws nothing into a file or a pipe, and tells what failed all the same', { timeout: 60_000 }, async () => {
    const { sluice } = await makeBatch();
    const { code, stdout, stderr } = await sluice('batch', 'rows.csv');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^8 completed · 5 failed · 1 refused · \d+ credits · took \d+ s\n$/);
    const lines = stderr.trim().split('\n');
    expect(lines).toHaveLength(7);
    expect(lines.at(-1)).toBe('sluice: 5 that failed may succeed: sluice retry --failed, then the same command again');
    for (const line of lines.slice(0, -1)) expect(line).toMatch(/^sluice: row \d+ \(line \d+\) \S+: /);
    expect(stdout + stderr).not.toContain('\x1b');
  });
});

describe('a batch that is told in lines', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function lines() {
    const said: string[] = [];
    const stream = { isTTY: false, write: (text: string) => said.push(text) };
    const tally = new Tally(Date.now(), 2_000);
    const reporter = new PlainBatchReporter({ stdout: stream, stderr: stream });
    const waiting = snapshot({ state: 'queued', waitingFor: { what: 'slot' } });
    const status = { read: 1_000, readAll: false, inHand: [waiting, waiting], parked: 998, down: [] };
    const scene = (): BatchScene => ({ tally, status, rate: 2, now: Date.now() });
    reporter.watch(scene);
    return { said, tally, reporter, scene };
  }
  const ended = (number: number, failed = false): RowEnding => ({
    ...{ number, line: number + 1, name: `row-${number}`, kind: 'ended' },
    snapshot: failed
      ? snapshot({ state: 'failed', error: { code: 'auth', message: `importly: no (row ${number})`, retry: 'later' } })
      : snapshot({ state: 'completed' }),
  });

  it('says every ten seconds how it stands, when something changed', () => {
    const { said, tally } = lines();
    vi.advanceTimersByTime(9_000);
    expect(said).toEqual([]);
    tally.add(ended(1));
    vi.advanceTimersByTime(1_000);
    expect(said).toEqual([
      'sluice: 1 of 2,000 rows over (1 completed) · 2.0 rows/s · 16m 40s left · waiting: 2 for a limit, 998 for their turn\n',
    ]);
    vi.advanceTimersByTime(60_000);
    expect(said).toHaveLength(1);
  });

  it('cuts a name that is a megabyte', () => {
    const { said, reporter } = lines();
    reporter.row({ ...ended(1, true), name: `${'folder/'.repeat(150_000)}clip.mp4` });
    expect(said[0]?.length).toBeLessThan(200);
  });

  it('names the first few of many that failed alike, and counts the others', () => {
    const { said, tally, reporter, scene } = lines();
    for (let number = 1; number <= 1_000; number += 1) {
      tally.add(ended(number, true));
      reporter.row(ended(number, true));
    }
    reporter.summary(scene());
    expect(said).toHaveLength(5 + 1 + 1);
    expect(said[0]).toBe('sluice: row 1 (line 2) row-1: auth: importly: no (row 1)\n');
    expect(said.at(-2)).toBe('sluice: 995 more rows as row 1: the result names them\n');
    expect(said.at(-1)).toMatch(/^0 completed · 1,000 failed · took/);
  });
});
