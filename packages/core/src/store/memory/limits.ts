import type { Admission, Admitted, SlotRequest, WindowHit } from '../contract.js';
import { Heap } from '../heap.js';

interface Hit {
  token: string;
  windowMs: number;
  countsUntil: number;
  /** Where it stands in its window's heap. */
  heapIndex: number;
}

interface Window {
  hits: Heap<Hit>;
  byToken: Map<string, Hit>;
  heldUntil: number;
}

type Refused = Extract<Admitted, { admitted: false }>;

/** Slots and windows. */
export class Limits {
  /** By the slots' name: until when each holder has one. */
  readonly #slots = new Map<string, Map<string, number>>();
  readonly #windows = new Map<string, Window>();

  /** Takes all of it, or nothing. */
  admit(admission: Admission, now: number): Admitted {
    const refused = this.#refusal(admission, now);
    if (refused !== undefined) return refused;
    if (admission.slot !== undefined) this.#takeSlot(admission.slot);
    for (const hit of admission.hits ?? []) this.#takeHit(hit);
    return { admitted: true };
  }

  free(slots: string, holder: string): void {
    const holders = this.#slots.get(slots);
    holders?.delete(holder);
    if (holders?.size === 0) this.#slots.delete(slots);
  }

  settle(settled: { window: string; token: string; at: number }): void {
    const window = this.#windows.get(settled.window);
    const hit = window?.byToken.get(settled.token);
    if (window === undefined || hit === undefined) return;
    window.hits.removeAt(hit.heapIndex);
    hit.countsUntil = settled.at + hit.windowMs;
    window.hits.add(hit);
  }

  hold(name: string, until: number): void {
    const window = this.#window(name);
    window.heldUntil = Math.max(window.heldUntil, until);
  }

  /** Who has a slot now. */
  holders(slots: string, now: number): string[] {
    const holders = this.#slots.get(slots);
    if (holders === undefined) return [];
    return [...holders].filter(([, until]) => until > now).map(([holder]) => holder);
  }

  #refusal(admission: Admission, now: number): Refused | undefined {
    const { slot, hits = [] } = admission;
    if (slot !== undefined) {
      const others = this.holders(slot.slots, now).filter((holder) => holder !== slot.holder);
      if (others.length >= slot.max) return { admitted: false, what: 'slot' };
    }
    const asked = new Map<string, number>();
    const waits = hits.flatMap((hit) => {
      const already = asked.get(hit.window) ?? 0;
      asked.set(hit.window, already + 1);
      return this.#freeAt({ hit, already, now }) ?? [];
    });
    if (waits.length === 0) return undefined;
    const until = Math.max(...waits);
    return { admitted: false, what: 'window', ...(Number.isFinite(until) && { until }) };
  }

  /** When the hit would get in after `already` others of its admission; undefined for now, infinity for never. */
  #freeAt(options: { hit: WindowHit; already: number; now: number }): number | undefined {
    const { hit, already, now } = options;
    const window = this.#window(hit.window);
    for (
      let oldest = window.hits.first;
      oldest !== undefined && oldest.countsUntil <= now;
      oldest = window.hits.first
    ) {
      window.hits.pop();
      window.byToken.delete(oldest.token);
    }
    const tooMany = window.hits.size + already + 1 - hit.max;
    const held = window.heldUntil > now ? window.heldUntil : undefined;
    if (tooMany <= 0) return held;
    const leaving = window.hits.smallest(tooMany)[tooMany - 1];
    return Math.max(held ?? 0, leaving?.countsUntil ?? Number.POSITIVE_INFINITY);
  }

  #takeSlot({ slots, holder, until }: SlotRequest): void {
    const holders = this.#slots.get(slots) ?? new Map<string, number>();
    this.#slots.set(slots, holders.set(holder, until));
  }

  #takeHit({ window: name, token, windowMs, until }: WindowHit): void {
    const window = this.#window(name);
    const hit = { token, windowMs, countsUntil: until + windowMs, heapIndex: -1 };
    window.byToken.set(token, hit);
    window.hits.add(hit);
  }

  #window(name: string): Window {
    let window = this.#windows.get(name);
    if (window === undefined) {
      window = { hits: newHits(), byToken: new Map(), heldUntil: 0 };
      this.#windows.set(name, window);
    }
    return window;
  }
}

function newHits(): Heap<Hit> {
  return new Heap<Hit>(
    (a, b) => a.countsUntil < b.countsUntil,
    (hit, index) => {
      hit.heapIndex = index;
    },
  );
}
