import type { IncomingMessage, ServerResponse } from 'node:http';

const continued = new WeakSet<IncomingMessage>();

/** Tells a client that waits for it (`Expect: 100-continue`) to send its body: to be called before the body is read. */
export function continueBody(incoming: IncomingMessage, outgoing: ServerResponse): void {
  if (!isWaiting(incoming)) return;
  continued.add(incoming);
  outgoing.writeContinue();
}

/** Whether the client still waits to be told to send its body. */
export function isWaiting(incoming: IncomingMessage): boolean {
  return /^100-continue$/i.test(incoming.headers.expect ?? '') && !continued.has(incoming);
}
