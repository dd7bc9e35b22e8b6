import { isLaneOf, slotsName } from '../store/contract.js';
import type { Engine } from './engine.js';

/** A store may hold very many jobs: to go through them takes no more than a twentieth of the time. */
const restFactor = 20;

/** How a job is looked at that this process does not wait for: one step, if it is due and nobody else has it. */
type Look = (id: string) => Promise<unknown>;

/**
 * Looks at the jobs that hold a lane's slots, whoever made them. A batch that was interrupted leaves jobs with the provider that nobody carries
 * on: without this, whatever comes after it would wait for their slots until their deadlines.
 */
export class Holders {
  readonly #engine: Engine;
  readonly #look: Look;
  /** Lanes whose holders are being looked at. */
  readonly #looking = new Set<string>();
  /** When each lane may be gone through again. Epoch milliseconds. */
  readonly #restsUntil = new Map<string, number>();

  constructor(engine: Engine, look: Look) {
    this.#engine = engine;
    this.#look = look;
  }

  /** Takes one step with each of them. What cannot be read or saved now is tried again with the next call. */
  lookAt(lane: string): void {
    if (this.#looking.has(lane) || this.#engine.clock.now() < (this.#restsUntil.get(lane) ?? 0)) return;
    this.#looking.add(lane);
    void this.#lookAtAll(lane)
      .catch(() => undefined)
      .finally(() => this.#looking.delete(lane));
  }

  async #lookAtAll(lane: string): Promise<void> {
    const { clock } = this.#engine;
    const begunAt = clock.now();
    const looks: Promise<unknown>[] = [];
    for (const provider of this.#engine.providers.keys()) {
      if (!isLaneOf(lane, [provider])) continue;
      for await (const record of this.#engine.store.list({ states: ['queued', 'running'], provider })) {
        const begun = record.ref !== undefined || record.intent !== undefined;
        if (begun && slotsName(record.provider, record.lane) === lane) looks.push(this.#look(record.id));
      }
    }
    const now = clock.now();
    this.#restsUntil.set(lane, now + (now - begunAt) * restFactor);
    await Promise.allSettled(looks);
  }
}
