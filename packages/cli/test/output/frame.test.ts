import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { type Canvas, renderFrame, type Scene, type ShownJob } from '../../src/output/frame.js';
import { makeStyle } from '../../src/output/style.js';
import { width } from '../../src/output/text.js';
import { now, snapshot } from './snapshots.js';

const plain = makeStyle(false);

function scene(running: ShownJob[], changes: Partial<Scene> = {}): Scene {
  return { running, done: 0, failed: 0, since: now - 7_000, ...changes };
}

function shown(changes: Parameters<typeof snapshot>[0] = {}, rate?: number): ShownJob {
  return { snapshot: snapshot(changes), since: now - 7_000, rate };
}

function draw(given: Scene, canvas: Partial<Canvas> = {}): string[] {
  return renderFrame(given, { columns: 100, rows: 24, style: plain, ...canvas }, now);
}

describe('one line for each job', () => {
  it('shows how far, how long, how fast, how much longer, and what it costs', () => {
    const progress = { done: 30_000_000, total: 120_000_000, unit: 'bytes' } as const;
    const job = shown({ phase: 'transfer', progress, cost: { amount: 78, unit: 'credits' } }, 15_000_000);
    expect(draw(scene([job]), { columns: 140 })).toEqual([
      '⠋ clip.mp4  ━━━━━━────────────────── 30.0 MB of 120 MB · 15.0 MB/s · 6 s left · 7 s · sending · 78 credits',
    ]);
  });

  it('shows a wandering piece where nobody knows how far it is', () => {
    const [line] = draw(scene([shown()]));
    expect(line).toMatch(/^⠋ clip\.mp4 {2}─*━━━━─* 7 s · provider: importing$/);
    const later = renderFrame(scene([shown()]), { columns: 100, rows: 24, style: plain }, now + 300)[0];
    expect(later).not.toBe(line);
  });

  it.each([
    ['slot', { what: 'slot' }, 'waiting for a free place at the provider'],
    ['window', { what: 'window', until: now + 42_000 }, "waiting for the provider's rate limit, 42 s left"],
    [
      'retry',
      { what: 'retry', until: now + 3_000, error: { code: 'unavailable', message: 'HTTP 502', retry: 'later' } },
      'trying again in 3 s: HTTP 502',
    ],
  ] as const)('says what it waits for: %s', (_case, waitingFor, words) => {
    const [line] = draw(scene([shown({ state: 'queued', phase: 'prepare', waitingFor })]), { columns: 140 });
    expect(line).toContain(words);
  });

  it('says when the provider uses a word that nobody knows', () => {
    expect(draw(scene([shown({ rawState: 'pondering\x1b[2J', unmapped: true })]), { columns: 140 })[0]).toContain(
      'provider: pondering\uFFFD[2J (a word this adapter does not know)',
    );
  });
});

describe('several jobs', () => {
  it('have a line for the whole', () => {
    const waiting = shown({ id: 'job_2', name: 'b.mp4', state: 'queued', phase: 'prepare' });
    const lines = draw(scene([shown(), waiting], { done: 2, failed: 1 }));
    expect(lines).toHaveLength(3);
    expect(lines[2]).toBe('  ━━━━━━━━━━━━──────────── 2 of 4 done · 1 failed · 1 running · 1 waiting · 7 s');
  });

  it('fit into the terminal, those that move first', () => {
    const waiting = Array.from({ length: 50 }, (_, index) =>
      shown({ name: `w${index}`, state: 'queued', phase: 'prepare' }),
    );
    const lines = draw(scene([...waiting, shown()]), { rows: 8 });
    expect(lines).toHaveLength(7);
    expect(lines[0]).toContain('clip.mp4');
    expect(lines[5]).toBe('  … and 46 more');
  });
});

describe('any terminal', () => {
  it.each([1, 5, 12, 20, 33, 47, 60, 80, 200])('of %d columns is never overrun', (columns) => {
    const progress = { done: 41, unit: 'percent' } as const;
    const jobs = [
      shown({ name: 'a/very/long/path/to/日本語の映画/which-does-not-end.mp4', progress }),
      shown({ name: 'x' }),
      shown({ waitingFor: { what: 'slot' } }),
    ];
    for (const colors of [false, true]) {
      const lines = draw(scene(jobs, { done: 3 }), { columns, rows: 4, style: makeStyle(colors) });
      for (const line of lines)
        expect(width(stripVTControlCharacters(line))).toBeLessThanOrEqual(Math.max(0, columns - 1));
    }
  });

  it('sees nothing when nothing runs', () => {
    expect(draw(scene([], { done: 5 }))).toEqual([]);
  });
});
