import { abortError } from '../../wire/clock.js';
import { type FormTransfer, SendError } from '../byte-plane.js';
import { BufferRing } from './buffer-ring.js';
import { buffersOfForm, type ReusedBuffer } from './buffers.js';
import { type Answer, assertTaken, Exchange, isYes } from './exchange.js';
import type { Line } from './line.js';
import { OrderedDigest } from './ordered-digest.js';
import { PieceSize } from './piece-size.js';
import { writeRange } from './write-range.js';

/** An answer that is itself the effect is kept whole, within reason. Bytes. */
const keptAnswer = 1024 * 1024;

/** Sends a form in one POST: its fields in order, the file last, with its exact length. */
export async function sendForm(transfer: FormTransfer, line: Line): Promise<Answer & { sha256?: string }> {
  const { bytes, signal } = transfer;
  if (signal.aborted) throw abortError(signal);
  let position = 0;
  const digest = transfer.digest ? new OrderedDigest(bytes, () => position) : undefined;
  let unfinished = true;
  try {
    let sha256: string | undefined;
    const answer = await send(transfer, line, {
      onRead: (buffer, at, length) => {
        digest?.offer(buffer, at, length);
        position = at + length;
      },
      onAllRead: async () => {
        sha256 = await digest?.finish();
        await transfer.beforeEnd?.(sha256);
        unfinished = false;
      },
    });
    // Something may have been made of what there was.
    if (isYes(answer)) unfinished = false;
    assertTaken(answer);
    return { ...answer, ...(sha256 !== undefined && { sha256 }) };
  } catch (error) {
    throw error instanceof SendError && unfinished ? new SendError({ ...error.failure, unfinished }) : error;
  } finally {
    await digest?.close();
  }
}

async function send(
  transfer: FormTransfer,
  { agents, pace }: Line,
  {
    onRead,
    onAllRead,
  }: {
    onRead: (buffer: ReusedBuffer, position: number, length: number) => void;
    onAllRead: () => Promise<void>;
  },
): Promise<Answer> {
  const { bytes, form, idleTimeoutMs, signal, moved } = transfer;
  const { head, tail, headers } = await frame(form);
  const exchange = new Exchange({
    method: 'POST',
    url: form.url,
    headers: { ...form.headers, ...headers },
    contentLength: head.byteLength + bytes.size + tail.byteLength,
    agents,
    idleTimeoutMs,
    signal,
    keep: keptAnswer,
  });
  try {
    await exchange.write(head);
    const buffers = buffersOfForm(bytes, transfer.digest);
    await writeRange({
      bytes,
      from: 0,
      to: bytes.size,
      buffers: new BufferRing(buffers),
      piece: new PieceSize(buffers.size),
      exchange,
      onRead,
      onWaiting: () => undefined,
      moved,
      pace,
      signal,
    });
    if (!exchange.over) {
      await onAllRead();
      await exchange.write(tail);
    }
  } catch (error) {
    exchange.abandon(error instanceof Error ? error : new Error(String(error)));
    throw error;
  }
  if (!exchange.over) exchange.end();
  return exchange.answer;
}

/** What stands before and after the file, as the library writes it around an empty one. */
async function frame(
  form: FormTransfer['form'],
): Promise<{ head: Buffer; tail: Buffer; headers: Record<string, string> }> {
  // Only now: with all that it brings it takes more memory than the buffers, and most uploads are no forms.
  const { default: FormData } = await import('form-data');
  const data = new FormData();
  for (const [name, value] of form.fields) data.append(name, value);
  data.append(form.fileField, Buffer.alloc(0), { filename: form.filename, contentType: form.contentType });
  const whole = data.getBuffer();
  const tail = Buffer.from(`\r\n--${data.getBoundary()}--\r\n`);
  return { head: whole.subarray(0, whole.byteLength - tail.byteLength), tail, headers: data.getHeaders() };
}
