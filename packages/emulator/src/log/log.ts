import { safePath } from './redact.js';

/** Who of the emulator's inhabitants was asked, or asked itself. */
export type EmulatedParty = 'importly' | 'firework' | 'video-cdn' | 'twelvelabs' | 's3' | 'media' | 'control';

/** One thing that the emulator was asked, or did. Holds no key, no signature and no query of a source URL. */
export interface EmulatorLogEntry {
  /** Real time, ms since the epoch. */
  time: number;
  provider: EmulatedParty;
  /** The HTTP method; of the emulator's own calls (downloads, webhooks) too. */
  method: string;
  /** Path and query as asked, or the address that the emulator called; secrets are `***`. */
  path: string;
  /** The HTTP status, or `null` where no answer was given (a connection reset, a lost answer). */
  status: number | null;
  /** What a reader would want to know: which job, which fault, why refused. */
  note: string;
}

/** Keeps the newest entries and hands each to a listener. */
export class EmulatorLog {
  readonly #entries: EmulatorLogEntry[] = [];
  readonly #listener: ((entry: EmulatorLogEntry) => void) | undefined;
  readonly #keep: number;

  /** @param keep how many entries are kept for the control interface */
  constructor(listener?: (entry: EmulatorLogEntry) => void, keep = 1000) {
    this.#listener = listener;
    this.#keep = keep;
  }

  add(entry: Omit<EmulatorLogEntry, 'time'>): void {
    const kept: EmulatorLogEntry = { time: Date.now(), ...entry, path: safePath(entry.path) };
    this.#entries.push(kept);
    // Cut in bulk, so that a long run does not move the whole list at every entry.
    if (this.#entries.length >= this.#keep * 2) this.#entries.splice(0, this.#entries.length - this.#keep);
    this.#listener?.(kept);
  }

  /** The newest entries, oldest first. */
  newest(limit = this.#keep): EmulatorLogEntry[] {
    return limit > 0 ? this.#entries.slice(-Math.min(limit, this.#keep)) : [];
  }
}
