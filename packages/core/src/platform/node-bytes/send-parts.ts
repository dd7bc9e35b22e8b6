import { setMaxListeners } from 'node:events';
import { isNear } from '../../model/is-near.js';
import { abortError } from '../../wire/clock.js';
import type { PartsTransfer } from '../byte-plane.js';
import { buffersOfLane } from './buffers.js';
import type { Line } from './line.js';
import { LineUse } from './line-use.js';
import { OrderedDigest } from './ordered-digest.js';
import { PartLane } from './part-lane.js';

/**
 * Sends the missing parts. It begins with one lane, and lets one more read only when those that there are wait for the network most of the
 * time, or have read their parts to the end: so a fast line is read in order and hashed in the same read, and a slow one is filled by many
 * connections.
 */
export async function sendParts(transfer: PartsTransfer, line: Line): Promise<{ sha256?: string }> {
  const sender = new PartsSender(transfer, line);
  try {
    return await sender.run();
  } finally {
    await sender.close();
  }
}

class PartsSender {
  readonly #transfer: PartsTransfer;
  readonly #line: Line;
  readonly #digest: OrderedDigest | undefined;
  readonly #lanes = new Set<PartLane>();
  /** Lanes that gave way to the digest: their buffers are used again. */
  readonly #resting: PartLane[] = [];
  readonly #running = new Set<Promise<void>>();
  /** Ends all lanes when one of them fails. */
  readonly #stop = new AbortController();
  readonly #onAbort = () => this.#fail(abortError(this.#transfer.signal));
  readonly #use = new LineUse();
  #next = 0;
  #patience: NodeJS.Timeout | undefined;
  #error: unknown;

  constructor(transfer: PartsTransfer, line: Line) {
    this.#transfer = transfer;
    this.#line = line;
    this.#digest = transfer.digest
      ? new OrderedDigest(transfer.bytes, (frontier) => this.#mayReadTo(frontier))
      : undefined;
    // Every lane listens: that is no leak.
    setMaxListeners(0, this.#stop.signal);
  }

  async run(): Promise<{ sha256?: string }> {
    const { signal } = this.#transfer;
    if (signal.aborted) throw abortError(signal);
    signal.addEventListener('abort', this.#onAbort, { once: true });
    this.#digest?.catchUp();
    this.#openLane();
    while (this.#running.size > 0) await Promise.race(this.#running);
    if (this.#error !== undefined) throw this.#error;
    const sha256 = await this.#digest?.finish();
    return sha256 === undefined ? {} : { sha256 };
  }

  async close(): Promise<void> {
    clearTimeout(this.#patience);
    this.#transfer.signal.removeEventListener('abort', this.#onAbort);
    await this.#digest?.close();
  }

  #openLane(): void {
    if (this.#next >= this.#transfer.missing.length) return;
    const lane = this.#resting.pop() ?? this.#newLane();
    this.#lanes.add(lane);
    const work = this.#work(lane).catch((error: unknown) => this.#fail(error));
    const running = work.then(() => {
      this.#running.delete(running);
      this.#digest?.catchUp();
      this.#considerMore();
    });
    this.#running.add(running);
  }

  /** Ends the transfer, also where every lane is between two parts. */
  #fail(error: unknown): void {
    this.#error ??= error;
    this.#stop.abort(error);
    this.#digest?.stop(error);
  }

  #newLane(): PartLane {
    const room = {
      transfer: this.#transfer,
      ...this.#line,
      digest: this.#digest,
      signal: this.#stop.signal,
      changed: () => this.#considerMore(),
    };
    const { bytes, partSize, inFlight, missing } = this.#transfer;
    const buffers = buffersOfLane(this.#lanes.size + this.#resting.length, {
      lanes: Math.min(inFlight, missing.length),
      longest: Math.min(bytes.size, partSize),
      size: bytes.size,
      digest: this.#digest !== undefined,
    });
    return new PartLane(room, buffers);
  }

  async #work(lane: PartLane): Promise<void> {
    try {
      while (!this.#stop.signal.aborted) {
        const number = this.#transfer.missing[this.#next];
        if (number === undefined) return;
        if (this.#givesWay(lane)) {
          this.#use.reset();
          this.#resting.push(lane);
          return;
        }
        this.#next += 1;
        lane.take(number);
        if (this.#mustKeepOrder(lane)) await this.#digest?.reach((number - 1) * this.#transfer.partSize);
        await lane.send(number);
      }
    } finally {
      this.#lanes.delete(lane);
    }
  }

  /**
   * Bytes that come only once must not be read past what is not hashed yet. Of others, a lane that is alone to read waits for the digest to
   * be done with what was read ahead of it, and then both read as one.
   */
  #mustKeepOrder(lane: PartLane): boolean {
    return !isNear(this.#transfer.bytes) || (this.#digest?.behind === true && !this.#anotherReads(lane));
  }

  #anotherReads(lane: PartLane): boolean {
    return [...this.#lanes].some((other) => other !== lane && !other.readAll);
  }

  /** While another reads as fast as can be: what this one would read now would have to be read again for the digest. */
  #givesWay(lane: PartLane): boolean {
    if (this.#digest === undefined) return false;
    this.#noteUse();
    return this.#anotherReads(lane) && this.#use.isFull;
  }

  /** Called whenever a lane begins or ends to wait, or has read its part. */
  #considerMore(): void {
    const room = this.#lanes.size < this.#transfer.inFlight && this.#next < this.#transfer.missing.length;
    if (!room && this.#digest === undefined) return;
    const reads = this.#noteUse();
    clearTimeout(this.#patience);
    if (!room || this.#stop.signal.aborted || reads) return;
    const { hasRoomIn } = this.#use;
    if (hasRoomIn === 0) this.#use.reset();
    if (hasRoomIn === 0 || [...this.#lanes].every(({ readAll }) => readAll)) this.#openLane();
    else this.#patience = setTimeout(() => this.#considerMore(), Math.ceil(hasRoomIn));
  }

  #noteUse(): boolean {
    const reads = [...this.#lanes].some(({ readAll, waiting }) => !readAll && !waiting);
    this.#use.note(reads);
    return reads;
  }

  /** How far the digest may read by itself. */
  #mayReadTo(frontier: number): number {
    const { bytes, missing, partSize } = this.#transfer;
    const furthest = Math.max(...[...this.#lanes].map(({ position }) => position));
    // It is behind, and waiting for the lane that is just there would make it as slow as that one line.
    if (isNear(bytes) && furthest > frontier) return furthest;
    let next = bytes.size;
    for (const { position, end } of this.#lanes) {
      if (position <= frontier && frontier < end) return frontier;
      if (position > frontier && position < end) next = Math.min(next, position);
    }
    const upcoming = missing[this.#next];
    if (upcoming === undefined) return next;
    return Math.min(next, Math.max(frontier, (upcoming - 1) * partSize));
  }
}
