import type { Admission, Admitted, SlotRequest, WindowHit } from '@sluice/core/adapter';
import type { Database } from './database.js';
import { number } from './row.js';

type Refused = Extract<Admitted, { admitted: false }>;

/** Takes slots and windows: all of it, or nothing. */
export function admit(database: Database, admission: Admission, now: number): Admitted {
  const refused = refusal(database, admission, now);
  if (refused !== undefined) return refused;
  if (admission.slot !== undefined) takeSlot(database, admission.slot);
  for (const hit of admission.hits ?? []) takeHit(database, hit);
  return { admitted: true };
}

/** Gives a slot back. */
export function freeSlot(database: Database, slots: string, holder: string): void {
  database.run('DELETE FROM slots WHERE slots = ? AND holder = ?', slots, holder);
}

/** A call was answered: it counts from then on. */
export function settle(database: Database, hit: { window: string; token: string; at: number }): void {
  database.run(
    'UPDATE hits SET counts_until = ? + window_ms WHERE window = ? AND token = ?',
    hit.at,
    hit.window,
    hit.token,
  );
}

/** Nobody gets into the window before `until`. */
export function hold(database: Database, window: string, until: number): void {
  database.run(
    `INSERT INTO windows (name, held_until) VALUES (?, ?)
    ON CONFLICT (name) DO UPDATE SET held_until = max(held_until, excluded.held_until)`,
    window,
    until,
  );
}

function refusal(database: Database, { slot, hits = [] }: Admission, now: number): Refused | undefined {
  if (slot !== undefined && isFull(database, slot, now)) return { admitted: false, what: 'slot' };
  const asked = new Map<string, number>();
  const waits = hits.flatMap((hit) => {
    const already = asked.get(hit.window) ?? 0;
    asked.set(hit.window, already + 1);
    return freeAt(database, { hit, already, now }) ?? [];
  });
  if (waits.length === 0) return undefined;
  const until = Math.max(...waits);
  return { admitted: false, what: 'window', ...(Number.isFinite(until) && { until }) };
}

function isFull(database: Database, { slots, holder, max }: SlotRequest, now: number): boolean {
  const others = database.get(
    'SELECT count(*) AS others FROM slots WHERE slots = ? AND holder <> ? AND until > ?',
    slots,
    holder,
    now,
  );
  return number(others, 'others') >= max;
}

/** When the hit would get in after `already` others of its admission; undefined for now, infinity for never. */
function freeAt(database: Database, options: { hit: WindowHit; already: number; now: number }): number | undefined {
  const { hit, already, now } = options;
  const window = readWindow(database, hit.window, now);
  const tooMany = window.hits + already + 1 - hit.max;
  const held = window.heldUntil > now ? window.heldUntil : undefined;
  if (tooMany <= 0) return held;
  const leaving = database.get(
    'SELECT counts_until FROM hits WHERE window = ? ORDER BY counts_until LIMIT 1 OFFSET ?',
    hit.window,
    tooMany - 1,
  );
  return Math.max(held ?? 0, leaving === undefined ? Number.POSITIVE_INFINITY : number(leaving, 'counts_until'));
}

/** How many calls count in the window now. Those that have left it are forgotten. */
function readWindow(database: Database, name: string, now: number): { hits: number; heldUntil: number } {
  const left = database.run('DELETE FROM hits WHERE window = ? AND counts_until <= ?', name, now);
  if (left > 0) database.run('UPDATE windows SET hits = hits - ? WHERE name = ?', left, name);
  const row = database.get('SELECT hits, held_until FROM windows WHERE name = ?', name);
  return row === undefined
    ? { hits: 0, heldUntil: 0 }
    : { hits: number(row, 'hits'), heldUntil: number(row, 'held_until') };
}

function takeSlot(database: Database, { slots, holder, until }: SlotRequest): void {
  database.run('INSERT OR REPLACE INTO slots (slots, holder, until) VALUES (?, ?, ?)', slots, holder, until);
}

function takeHit(database: Database, { window, token, windowMs, until }: WindowHit): void {
  database.run(
    'INSERT INTO hits (window, token, counts_until, window_ms) VALUES (?, ?, ?, ?)',
    window,
    token,
    until + windowMs,
    windowMs,
  );
  database.run(
    'INSERT INTO windows (name, hits) VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET hits = hits + 1',
    window,
  );
}
