import type { OpenBytes } from '../../model/bytes.js';
import type { ReusedBuffer } from './buffers.js';
import type { Exchange } from './exchange.js';
import type { Pace } from './pace.js';
import { sourceShrank } from './source-shrank.js';

/** What {@link writeRange} reads, writes and tells. */
export interface RangeOptions {
  bytes: OpenBytes;
  from: number;
  to: number;
  /** Two, used in turns. */
  buffers: readonly [ReusedBuffer, ReusedBuffer];
  exchange: Exchange;
  /** Told of a stretch that was read; what to await before its buffer is filled again. */
  onRead(buffer: ReusedBuffer, position: number, length: number): Promise<void> | undefined;
  /** Told around every wait for the socket. */
  onWaiting(waiting: boolean): void;
  moved(bytes: number): void;
  pace: Pace;
  /** Ends the waiting for a turn. */
  signal: AbortSignal;
}

/** Reads a range and writes it to the socket, reading into one buffer while the other is on its way. @returns bytes that moved */
export async function writeRange(options: RangeOptions): Promise<number> {
  const { bytes, from, to, buffers, exchange } = options;
  let moved = 0;
  for (let position = from, turn = 0; position < to && !exchange.over; turn = 1 - turn) {
    const buffer = turn === 0 ? buffers[0] : buffers[1];
    options.onWaiting(true);
    await buffer.free;
    options.onWaiting(false);
    const wanted = buffer.bytes.subarray(0, Math.min(buffer.bytes.byteLength, options.pace.piece, to - position));
    const length = await bytes.read(wanted, position);
    if (length === 0) throw sourceShrank();
    const hashed = options.onRead(buffer, position, length);
    const written = exchange.write(buffer.bytes.subarray(0, length)).then(() => {
      if (exchange.over) return;
      moved += length;
      options.moved(length);
    });
    buffer.free = Promise.all([written, hashed]);
    // Whoever fills the buffer next gets the error; nobody may, when the range ends before.
    buffer.free.catch(() => undefined);
    position += length;
    await options.pace.keep(length, options.signal);
  }
  await Promise.all(buffers.map(({ free }) => free));
  return moved;
}
