import { type IncomingMessage, ServerResponse } from 'node:http';
import type { DrawnFault } from '../faults/faults.js';
import type { FaultKind, FaultRule } from '../faults/rule.js';
import { S3Error, sendS3Error } from '../object-store/s3-error.js';
import type { S3Listener } from '../object-store/s3-face.js';
import { bodyOf } from '../object-store/s3-request.js';
import { continueBody } from '../server/continue.js';
import type { AsyncListener } from '../server/http-server.js';
import { pause } from '../server/pause.js';
import type { Rooms } from '../server/rooms.js';
import { damageBody, isInBody } from './damaged-body.js';
import { peekForm } from './peek-form.js';
import type { EmulatedUploadTry } from './upload-try.js';

/** What was begun, and gets its bytes here. */
export interface ReceivedUpload {
  /** Where it lies in the bucket. */
  key: string;
  /** Every request that came, in order. */
  tries: EmulatedUploadTry[];
}

/** Whose uploads these are. */
export interface UploadHouse<Upload extends ReceivedUpload> {
  rooms: Rooms;
  count(what: 'part' | 'form' | 'bytesReceived', by?: number): void;
  /** By its key. */
  find(key: string): Upload | undefined;
  /** A request has ended. */
  noted(upload: Upload, attempt: EmulatedUploadTry): void;
}

/** One request that brings bytes. */
interface Arrival<Upload extends ReceivedUpload = ReceivedUpload> {
  point: 'part' | 'form';
  upload: Upload | undefined;
  attempt: EmulatedUploadTry;
  body: AsyncIterable<Buffer>;
  incoming: IncomingMessage;
  outgoing: ServerResponse;
}

/**
 * Stands in front of the bucket: whatever clients send with a signature comes through here, is counted, may be struck by
 * a fault, and goes on to the store as it is.
 */
export function createUploadDoor<Upload extends ReceivedUpload>(
  house: UploadHouse<Upload>,
  store: S3Listener,
): AsyncListener {
  return async (incoming, outgoing) => {
    const arrival = await look(house, incoming, outgoing);
    if (!arrival) return store(incoming, outgoing);
    const { point, upload, attempt } = arrival;
    house.count(point);
    upload?.tries.push(attempt);
    const struck = await passOn(house.rooms, store, arrival);
    house.count('bytesReceived', attempt.received);
    if (upload) house.noted(upload, attempt);
    if (!struck) return;
    const { method = '', url = '' } = incoming;
    house.rooms.log.add({ provider: 's3', method, path: url, status: attempt.status, note: `fault ${struck.kind}` });
  };
}

/** Answers with the fault that struck. */
async function passOn(rooms: Rooms, store: S3Listener, arrival: Arrival): Promise<FaultRule | undefined> {
  const { faults, closing } = rooms;
  const { point, attempt, incoming, outgoing } = arrival;
  const subject = arrival.upload?.key ?? '';
  const before = faults.draw(point, 'before', subject);
  const inBody = before.rule && isInBody(before.rule) ? before.rule : undefined;
  await pause(before.delayMs - (inBody?.latencyMs ?? 0), closing);
  if (closing.aborted) {
    outgoing.destroy();
    return undefined;
  }
  if (before.rule && !inBody) {
    attempt.status = refuse(before.rule.kind, arrival);
    return before.rule;
  }
  const body = inBody ? damageBody(inBody, { ...arrival, closing }) : arrival.body;
  const after: DrawnFault = inBody ? { delayMs: 0 } : faults.draw(point, 'after', subject);
  // What is going to be lost is answered into nothing.
  const answered = after.rule ? new ServerResponse(incoming) : outgoing;
  if (after.rule) continueBody(incoming, outgoing);
  await store(incoming, answered, counted(body, attempt));
  if (inBody?.kind !== 'reset-mid') noteAnswer(attempt, incoming, answered);
  await pause(after.delayMs, closing);
  if (after.rule) attempt.status = refuse(after.rule.kind, arrival);
  return inBody ?? after.rule;
}

/** Which request this is; undefined where it brings no bytes of an upload. */
async function look<Upload extends ReceivedUpload>(
  house: UploadHouse<Upload>,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<Arrival<Upload> | undefined> {
  const size = Number(incoming.headers['content-length'] ?? 0);
  const attempt: EmulatedUploadTry = { time: Date.now(), part: 1, size, received: 0, status: null, stored: false };
  const url = new URL(incoming.url ?? '/', 'http://store');
  const [, , ...segments] = url.pathname.split('/');
  const number = url.searchParams.get('partNumber');
  if (incoming.method === 'PUT' && number !== null) {
    const upload = house.find(segments.map(decodeURIComponent).join('/'));
    attempt.part = Number(number);
    return { point: 'part', upload, attempt, body: bodyOf(incoming), incoming, outgoing };
  }
  if (incoming.method !== 'POST' || url.search !== '') return undefined;
  continueBody(incoming, outgoing);
  const { fields, key, body } = await peekForm(bodyOf(incoming));
  return { point: 'form', upload: house.find(key), attempt: { ...attempt, fields }, body, incoming, outgoing };
}

async function* counted(body: AsyncIterable<Buffer>, attempt: EmulatedUploadTry): AsyncGenerator<Buffer> {
  for await (const piece of body) {
    attempt.received += piece.length;
    yield piece;
  }
}

function noteAnswer(attempt: EmulatedUploadTry, incoming: IncomingMessage, answered: ServerResponse): void {
  // Whoever hung up in the middle was not answered, whatever was said into the closed connection.
  if (incoming.destroyed && !incoming.complete) return;
  attempt.status = answered.statusCode;
  attempt.stored = answered.statusCode < 300;
  const etag = answered.getHeader('etag');
  if (typeof etag === 'string') attempt.etag = etag;
}

/** Does what the fault says on the wire. Answers with the status that the client gets to see. */
function refuse(kind: FaultKind, { incoming, outgoing }: Arrival): number | null {
  const error = errorOfFault(kind);
  if (error) {
    const path = (incoming.url ?? '').replace(/\?.*/s, '');
    sendS3Error(outgoing, error, path);
    incoming.resume();
    return error.status;
  }
  if (kind === 'lost-answer') outgoing.socket?.destroy();
  else outgoing.socket?.resetAndDestroy();
  return null;
}

function errorOfFault(kind: FaultKind): S3Error | undefined {
  switch (kind) {
    case 'expired-signature':
      return new S3Error('AccessDenied', 'Request has expired');
    case 'error-408':
      return new S3Error('RequestTimeout', 'Your socket connection to the server was not read from or written to.');
    case 'error-503':
      return new S3Error('SlowDown', 'Please reduce your request rate.');
    case 'error-500-before':
    case 'error-500-after':
      return new S3Error('InternalError', 'We encountered an internal error. Please try again.');
    default:
      return undefined;
  }
}
