import { createHash } from 'node:crypto';
import type { ArrivedPart } from '../../model/upload.js';
import { type PartPlace, type PartsTransfer, SendError } from '../byte-plane.js';
import { BufferRing } from './buffer-ring.js';
import type { BuffersOfLane } from './buffers.js';
import { type Answer, assertTaken, Exchange } from './exchange.js';
import type { Line } from './line.js';
import type { OrderedDigest } from './ordered-digest.js';
import { PieceSize } from './piece-size.js';
import { writeRange } from './write-range.js';

/** What the lanes of one transfer share. */
export interface LaneRoom extends Line {
  transfer: PartsTransfer;
  digest: OrderedDigest | undefined;
  signal: AbortSignal;
  /** Some lane began or ended to wait, or has read all of its part. */
  changed(): void;
}

/** Sends one part after another over one connection at a time, through the same few buffers. */
export class PartLane {
  /** The next position to be read, and the end of the part in hand. */
  position = 0;
  end = 0;
  /** For the socket, the provider or a pause. */
  waiting = false;
  readonly #room: LaneRoom;
  readonly #buffers: BufferRing;
  readonly #piece: PieceSize;

  constructor(room: LaneRoom, buffers: BuffersOfLane) {
    this.#room = room;
    this.#piece = new PieceSize(buffers.size);
    this.#buffers = new BufferRing(buffers);
  }

  /** Nothing of the part in hand has to be read any more. */
  get readAll(): boolean {
    return this.position >= this.end;
  }

  /** This part is the next that it sends. */
  take(number: number): void {
    const { bytes, partSize } = this.#room.transfer;
    this.position = (number - 1) * partSize;
    this.end = Math.min(bytes.size, this.position + partSize);
  }

  /** Sends the part that it took until it is there, or `failed` rejects. */
  async send(number: number): Promise<void> {
    const { transfer } = this.#room;
    const from = (number - 1) * transfer.partSize;
    for (let attempt = 1; ; attempt += 1) {
      try {
        const part = await this.#attempt(number, from);
        return await this.#pausing(() => transfer.arrived(part));
      } catch (error) {
        if (!(error instanceof SendError)) throw error;
        await this.#pausing(() => transfer.failed({ ...error.failure, number, attempt }));
      }
    }
  }

  async #attempt(number: number, from: number): Promise<ArrivedPart> {
    const place = await this.#pausing(() => this.#room.transfer.place(number));
    const size = this.end - from;
    const md5 = this.#room.comparePartMd5 ? createHash('md5') : undefined;
    let moved = 0;
    const count = (bytes: number) => {
      moved += bytes;
    };
    try {
      const answer = await this.#sendRange({ place, from, md5, moved: count });
      assertTaken(answer);
      const etag = taggedBy(answer);
      assertUndamaged(etag, md5?.digest('hex'));
      return { number, etag, size };
    } catch (error) {
      this.#room.transfer.moved(-moved);
      throw error;
    }
  }

  async #sendRange(part: {
    place: PartPlace;
    from: number;
    md5: ReturnType<typeof createHash> | undefined;
    moved(bytes: number): void;
  }): Promise<Answer> {
    const { transfer, agents, digest, signal, pace } = this.#room;
    const exchange = new Exchange({
      method: 'PUT',
      ...part.place,
      contentLength: this.end - part.from,
      agents,
      idleTimeoutMs: transfer.idleTimeoutMs,
      signal,
    });
    try {
      await writeRange({
        bytes: transfer.bytes,
        from: part.from,
        to: this.end,
        buffers: this.#buffers,
        piece: this.#piece,
        exchange,
        onRead: (buffer, position, length) => {
          part.md5?.update(buffer.first(length));
          digest?.offer(buffer, position, length);
          this.position = position + length;
          digest?.catchUp();
          if (this.readAll) this.#room.changed();
        },
        onWaiting: (waiting) => this.#wait(waiting),
        moved: (bytes) => {
          part.moved(bytes);
          transfer.moved(bytes);
        },
        pace,
        signal,
      });
    } catch (error) {
      exchange.abandon(error instanceof Error ? error : new Error(String(error)));
      throw error;
    }
    if (!exchange.over) exchange.end();
    return this.#pausing(() => exchange.answer);
  }

  async #pausing<T>(work: () => Promise<T>): Promise<T> {
    this.#wait(true);
    try {
      return await work();
    } finally {
      this.#wait(false);
    }
  }

  #wait(waiting: boolean): void {
    this.waiting = waiting;
    this.#room.changed();
  }
}

/** Without it the parts can never be put together: an answer that has none is no sign that this one arrived. */
function taggedBy({ header, status }: Answer): string {
  const etag = header('etag') ?? '';
  if (etag === '') throw new SendError({ kind: 'untagged', status });
  return etag;
}

function assertUndamaged(etag: string, md5: string | undefined): void {
  const plain = etag.replaceAll('"', '').toLowerCase();
  if (md5 !== undefined && /^[0-9a-f]{32}$/.test(plain) && plain !== md5) throw new SendError({ kind: 'mismatch' });
}
