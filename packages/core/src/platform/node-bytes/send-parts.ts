import { setMaxListeners } from 'node:events';
import { abortError } from '../../wire/clock.js';
import type { PartsTransfer } from '../byte-plane.js';
import type { Line } from './line.js';
import { OrderedDigest } from './ordered-digest.js';
import { PartLane } from './part-lane.js';

/** All lanes wait for so long before one more is opened, in milliseconds. */
const patienceMs = 10;
/**
 * Through how many buffers the first lane sends, and each of the others. The first may be alone on a fast line: with more of them, neither
 * the digest nor the socket runs dry while the other is behind. The others are there where the line is slow.
 */
const buffersOfFirst = 4;
const buffersOfOthers = 2;

/**
 * Sends the missing parts. It begins with one lane, and opens one more only while all that there are wait for the network: so a fast
 * line is read in order and hashed in the same read, and a slow one is filled by many connections.
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
  readonly #onAbort = () => this.#stop.abort(abortError(this.#transfer.signal));
  #next = 0;
  #patience: NodeJS.Timeout | undefined;
  #error: unknown;

  constructor(transfer: PartsTransfer, line: Line) {
    this.#transfer = transfer;
    this.#line = line;
    this.#digest = transfer.digest
      ? new OrderedDigest(transfer.bytes, (frontier) => this.#nextRead(frontier))
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
    const work = this.#work(lane).then(
      () => undefined,
      (error: unknown) => {
        this.#error ??= error;
        this.#stop.abort(error);
      },
    );
    const running = work.then(() => {
      this.#lanes.delete(lane);
      this.#running.delete(running);
      this.#digest?.catchUp();
    });
    this.#running.add(running);
  }

  #newLane(): PartLane {
    const room = {
      transfer: this.#transfer,
      ...this.#line,
      digest: this.#digest,
      signal: this.#stop.signal,
      changed: () => this.#considerMore(),
    };
    return new PartLane(room, this.#next === 0 ? buffersOfFirst : buffersOfOthers);
  }

  async #work(lane: PartLane): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const number = this.#transfer.missing[this.#next];
      if (number === undefined) return;
      if (this.#digest?.behind === true && this.#lanes.size > 1) {
        this.#lanes.delete(lane);
        this.#resting.push(lane);
        return;
      }
      if (this.#mustKeepOrder()) await this.#digest?.reach((number - 1) * this.#transfer.partSize);
      this.#next += 1;
      await lane.send(number);
    }
  }

  /**
   * Bytes that come only once must not be read past what is not hashed yet. Others need not: but while the digest reads again what was
   * read ahead of it, it is what all is waiting for, and to read on in order costs half as much.
   */
  #mustKeepOrder(): boolean {
    const { seekable, far } = this.#transfer.bytes;
    return !seekable || far === true || this.#digest?.behind === true;
  }

  /** Called whenever a lane begins or ends to wait. */
  #considerMore(): void {
    const stuck = [...this.#lanes].every(({ waiting }) => waiting);
    const room = this.#lanes.size < this.#transfer.inFlight && this.#next < this.#transfer.missing.length;
    if (!stuck || !room) {
      clearTimeout(this.#patience);
      this.#patience = undefined;
      return;
    }
    this.#patience ??= setTimeout(() => {
      this.#patience = undefined;
      if (!this.#stop.signal.aborted) this.#openLane();
    }, patienceMs);
  }

  #nextRead(frontier: number): number {
    const { bytes, missing, partSize } = this.#transfer;
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
