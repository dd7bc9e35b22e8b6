import { SluiceError } from '../model/error.js';
import { abortError } from '../wire/clock.js';
import { onAbort } from '../wire/on-abort.js';
import {
  type BytePlane,
  type CreateBytePlane,
  type FormTransfer,
  type PartsTransfer,
  type SendAnswer,
  SendError,
  type TransferOptions,
} from './byte-plane.js';

/**
 * Bytes over the runtime's fetch. It tells nothing of bytes on their way and takes a body whole: memory is parts in flight times the
 * part, a form's file is held in memory, there is no digest on the way, and when to give up an attempt is left to the runtime.
 */
export const createBytePlane: CreateBytePlane = ({ bytesPerSecond, comparePartMd5 = false }) => {
  if (bytesPerSecond !== undefined || comparePartMd5) {
    const message = 'network.bytesPerSecond and network.comparePartMd5 need Node';
    throw new SluiceError({ code: 'unsupported', message });
  }
  return plane;
};

const plane: BytePlane = {
  sendParts: async (transfer) => {
    const queue = [...transfer.missing];
    const stop = new AbortController();
    const forget = onAbort(transfer.signal, () => stop.abort(transfer.signal.reason));
    const own = { ...transfer, signal: stop.signal };
    const worker = async () => {
      try {
        for (let number = queue.shift(); number !== undefined; number = queue.shift()) await sendPart(own, number);
      } catch (error) {
        // The transfer is over: what another worker would still send might pass for a part of the next one.
        stop.abort(error);
        throw error;
      }
    };
    const workers = Array.from({ length: Math.min(transfer.inFlight, queue.length) }, worker);
    try {
      await Promise.all(workers);
    } finally {
      await Promise.allSettled(workers);
      forget();
    }
    return {};
  },
  sendForm,
  openSource: async ({ kind }) => {
    throw new SluiceError({ code: 'unsupported', message: `this runtime cannot open a source of the kind "${kind}"` });
  },
  close: async () => undefined,
};

async function sendPart(transfer: PartsTransfer, number: number): Promise<void> {
  const from = (number - 1) * transfer.partSize;
  const body = await readRange(transfer, from, Math.min(transfer.bytes.size, from + transfer.partSize));
  for (let attempt = 1; ; attempt += 1) {
    const { url, headers } = await transfer.place(number);
    try {
      const { status, header } = await sendBody(transfer, { url, init: { method: 'PUT', headers, body } });
      const etag = header('etag') ?? '';
      if (etag === '') throw new SendError({ kind: 'untagged', status });
      await transfer.arrived({ number, etag, size: body.byteLength });
      transfer.moved(body.byteLength);
      return;
    } catch (error) {
      if (!(error instanceof SendError)) throw error;
      await transfer.failed({ ...error.failure, number, attempt });
    }
  }
}

async function sendForm(transfer: FormTransfer) {
  const { form, bytes } = transfer;
  const body = new FormData();
  for (const [name, value] of form.fields) body.append(name, value);
  const file = new Blob([await readRange(transfer, 0, bytes.size)], { type: form.contentType });
  body.append(form.fileField, file, form.filename);
  await transfer.beforeEnd?.(undefined);
  const answer = await sendBody(transfer, {
    url: form.url,
    init: { method: 'POST', headers: form.headers ?? {}, body },
  });
  transfer.moved(bytes.size);
  return answer;
}

async function readRange({ bytes }: TransferOptions, from: number, to: number): Promise<Uint8Array<ArrayBuffer>> {
  const whole = new Uint8Array(to - from);
  for (let filled = 0; filled < whole.byteLength; ) {
    const read = await bytes.read(whole.subarray(filled), from + filled);
    if (read === 0) {
      throw new SluiceError({
        code: 'integrity',
        message: 'the source became shorter while it was read; nothing was created',
      });
    }
    filled += read;
  }
  return whole;
}

/** @throws SendError for a status other than 2xx, and where no whole answer came */
async function sendBody(transfer: TransferOptions, request: { url: string; init: RequestInit }): Promise<SendAnswer> {
  const { signal } = transfer;
  let answer: SendAnswer & { ok: boolean };
  try {
    const response = await fetch(request.url, { ...request.init, signal, redirect: 'error' });
    const { ok, status, headers } = response;
    answer = { ok, status, header: (name) => headers.get(name) ?? undefined, body: await response.text() };
  } catch (cause) {
    throw signal.aborted ? abortError(signal) : new SendError({ kind: 'broken', cause });
  }
  const { ok, ...told } = answer;
  if (ok) return told;
  throw new SendError({ kind: 'refused', ...told, body: told.body.slice(0, 4_096) });
}
