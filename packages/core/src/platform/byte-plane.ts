import type { OpenBytes } from '../model/bytes.js';
import type { Source } from '../model/source.js';
import type { ArrivedPart, FormUpload } from '../model/upload.js';

/** Where a part goes. Both may be secret. */
export interface PartPlace {
  url: string;
  headers: Record<string, string>;
}

/**
 * Why an attempt failed. `refused`: an answer with a status other than 2xx; `broken`: no connection, reset, closed; `stalled`: no
 * byte moved for `idleTimeoutMs`; `mismatch`: the ETag is not the MD5 of what was sent; `untagged`: a part was answered without an ETag.
 */
export interface SendFailure {
  kind: 'refused' | 'broken' | 'stalled' | 'mismatch' | 'untagged';
  /** Of a form: it ended before its last byte was handed to the connection, so nobody can have made anything of it. */
  unfinished?: boolean;
  status?: number;
  /** A header of the answer, by its name in any case. */
  header?(name: string): string | undefined;
  /** The head of the answer's body, at most 4 KiB. May hold a URL: to be redacted before it is shown. */
  body?: string;
  cause?: unknown;
}

/** What came back. */
export interface SendAnswer {
  status: number;
  /** By its name in any case. */
  header(name: string): string | undefined;
  body: string;
}

/** What every transfer obeys. */
export interface TransferOptions {
  bytes: OpenBytes;
  /** Milliseconds without a byte moving, or without an answer after the last byte. */
  idleTimeoutMs: number;
  /** Take the sha-256 of the whole on the way. */
  digest: boolean;
  signal: AbortSignal;
  /** Told of bytes that moved since the last call; negative when a part starts over. */
  moved(bytes: number): void;
}

/** An upload in parts. */
export interface PartsTransfer extends TransferOptions {
  /** Bytes of every part but the last. */
  partSize: number;
  /** Numbers of the parts to send, from 1, ascending. The others are there already; with `digest` they are still read. */
  missing: number[];
  /** At most so many parts at once; 1 for bytes that are read in order. */
  inFlight: number;
  /** Asked right before each attempt. */
  place(number: number): Promise<PartPlace>;
  /** Told of a part that is there; the transfer ends only after all these promises. */
  arrived(part: ArrivedPart): Promise<void>;
  /** An attempt failed: resolves to try the part again, rejects to end the transfer with that error. `attempt` counts from 1. */
  failed(failure: SendFailure & { number: number; attempt: number }): Promise<void>;
}

/** An upload as one form POST: one attempt. */
export interface FormTransfer extends TransferOptions {
  form: Pick<FormUpload, 'url' | 'headers' | 'fields' | 'fileField' | 'filename' | 'contentType'>;
  /**
   * Asked when all of the file was read and before the form is whole: rejects, with an error that ends the transfer, to leave it unfinished, so that
   * nobody makes anything of it. Is given the sha-256 where it is taken.
   */
  beforeEnd?(sha256: string | undefined): Promise<void>;
}

/** An error of {@link BytePlane.sendForm}: the attempt failed as `failure` says. */
export class SendError extends Error {
  readonly failure: SendFailure;

  constructor(failure: SendFailure) {
    super(`the bytes could not be sent: ${failure.kind}`, { cause: failure.cause });
    this.failure = failure;
  }
}

/** Moves bytes: made once a client, with the one network setting. An error of reading the source rejects as it is. */
export interface BytePlane {
  sendParts(transfer: PartsTransfer): Promise<{ sha256?: string }>;
  /** @throws SendError */
  sendForm(transfer: FormTransfer): Promise<SendAnswer & { sha256?: string }>;
  /** Opens a source that this platform can open by its descriptor. @throws SluiceError `unsupported`, `source-unreachable` */
  openSource(source: Source): Promise<OpenBytes>;
  close(): Promise<void>;
}

/** Less would let a part that waits for its turn pass for one that does not move. */
export const leastBytesPerSecond = 1_024;

/** The one network setting, as far as it is about bytes. */
export interface BytePlaneOptions {
  proxy?: string;
  ca?: string;
  /** A ceiling for all transfers together, in bytes per second. */
  bytesPerSecond?: number | undefined;
  /** Compare each part's MD5 with its ETag, where the ETag looks like one. */
  comparePartMd5?: boolean | undefined;
}

/** How a platform makes a byte plane. @throws SluiceError `unsupported` for an option that it cannot keep to */
export type CreateBytePlane = (options: BytePlaneOptions) => BytePlane;
