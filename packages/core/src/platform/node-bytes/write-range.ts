import type { OpenBytes } from '../../model/bytes.js';
import type { BufferRing } from './buffer-ring.js';
import type { ReusedBuffer } from './buffers.js';
import type { Exchange } from './exchange.js';
import type { Pace } from './pace.js';
import type { PieceSize } from './piece-size.js';
import { sourceShrank } from './source-shrank.js';

/** What {@link writeRange} reads, writes and tells. */
export interface RangeOptions {
  bytes: OpenBytes;
  from: number;
  to: number;
  buffers: BufferRing;
  /** Learns from every write. */
  piece: PieceSize;
  exchange: Exchange;
  /** Told of a stretch that was read into a buffer. */
  onRead(buffer: ReusedBuffer, position: number, length: number): void;
  /** Told around every wait for the socket: one for the digest is none, since more connections would not shorten it. */
  onWaiting(waiting: boolean): void;
  moved(bytes: number): void;
  pace: Pace;
  /** Ends the waiting for a turn. */
  signal: AbortSignal;
}

/**
 * Reads a range and writes it to the socket, reading into one buffer while the others are on their way. It waits for nothing that is there
 * already, and makes little anew: thousands of pieces would be felt.
 * @returns bytes that moved
 */
export async function writeRange(options: RangeOptions): Promise<number> {
  const { bytes, from, to, buffers, exchange, piece, pace } = options;
  let moved = 0;
  for (let position = from; position < to && !exchange.over; ) {
    const buffer = buffers.next();
    if (buffer.written !== undefined) {
      options.onWaiting(true);
      await buffer.written;
      options.onWaiting(false);
    }
    if (buffer.hashed !== undefined) await buffer.hashed;
    const most = Math.min(buffer.size, piece.bytes, pace.piece, to - position);
    const length = await bytes.read(buffer.first(most), position);
    if (length === 0) throw sourceShrank();
    options.onRead(buffer, position, length);
    const begun = performance.now();
    buffer.written = exchange.write(buffer.first(length), () => {
      piece.took(length, performance.now() - begun);
      moved += length;
      options.moved(length);
    });
    position += length;
    const turn = pace.keep(length, options.signal);
    if (turn !== undefined) await turn;
  }
  await buffers.written();
  return moved;
}
