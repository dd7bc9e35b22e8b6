import { type IncomingMessage, ServerResponse } from 'node:http';
import type { DrawnFault } from '../faults/faults.js';
import type { FaultKind, FaultRule } from '../faults/rule.js';
import { S3Error, sendS3Error } from '../object-store/s3-error.js';
import type { S3Listener } from '../object-store/s3-face.js';
import { bodyOf } from '../object-store/s3-request.js';
import { continueBody } from '../server/continue.js';
import type { AsyncListener } from '../server/http-server.js';
import { pause } from '../server/pause.js';
import { damageBody, isInBody } from './damaged-body.js';
import type { FireworkState } from './firework-state.js';
import { peekForm } from './peek-form.js';
import { type EmulatedUpload, type EmulatedUploadTry, noteTry } from './upload-session.js';

/** One request that brings bytes. */
interface Arrival {
  point: 'part' | 'form';
  upload: EmulatedUpload | undefined;
  attempt: EmulatedUploadTry;
  body: AsyncIterable<Buffer>;
  incoming: IncomingMessage;
  outgoing: ServerResponse;
}

/**
 * Stands in front of the bucket: whatever clients send with a signature comes through here, is counted, may be struck by
 * a fault, and goes on to the store as it is.
 */
export function createUploadDoor(state: FireworkState, store: S3Listener): AsyncListener {
  return async (incoming, outgoing) => {
    const arrival = await look(state, incoming, outgoing);
    if (!arrival) return store(incoming, outgoing);
    const { point, upload, attempt } = arrival;
    state.ledger.count(point);
    upload?.tries.push(attempt);
    const struck = await passOn(state, store, arrival);
    state.ledger.count('bytesReceived', attempt.received);
    if (upload) noteTry(upload, attempt);
    if (!struck) return;
    const { method = '', url = '' } = incoming;
    state.rooms.log.add({ provider: 's3', method, path: url, status: attempt.status, note: `fault ${struck.kind}` });
  };
}

/** Answers with the fault that struck. */
async function passOn(state: FireworkState, store: S3Listener, arrival: Arrival): Promise<FaultRule | undefined> {
  const { faults, closing } = state.rooms;
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
async function look(
  state: FireworkState,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<Arrival | undefined> {
  const size = Number(incoming.headers['content-length'] ?? 0);
  const attempt: EmulatedUploadTry = { time: Date.now(), part: 1, size, received: 0, status: null, stored: false };
  const url = new URL(incoming.url ?? '/', 'http://store');
  const [, , ...segments] = url.pathname.split('/');
  const number = url.searchParams.get('partNumber');
  if (incoming.method === 'PUT' && number !== null) {
    const upload = state.uploads.get(segments.map(decodeURIComponent).join('/'));
    attempt.part = Number(number);
    return { point: 'part', upload, attempt, body: bodyOf(incoming), incoming, outgoing };
  }
  if (incoming.method !== 'POST' || url.search !== '') return undefined;
  continueBody(incoming, outgoing);
  const { fields, key, body } = await peekForm(bodyOf(incoming));
  return { point: 'form', upload: state.uploads.get(key), attempt: { ...attempt, fields }, body, incoming, outgoing };
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
