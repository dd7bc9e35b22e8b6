import type { ServerResponse } from 'node:http';
import type { FaultKind } from './rule.js';

/** A JSON answer that is about to be sent. */
export interface JsonAnswer {
  status: number;
  headers: Record<string, string>;
  /** Undefined where there is none (204). */
  body: unknown;
  /** The body as it is written, where the provider speaks no JSON. */
  written?: { text: string; contentType: string };
}

function textOf({ body, written }: JsonAnswer): { text: string; contentType: string } {
  return written ?? { text: JSON.stringify(body ?? {}), contentType: 'application/json' };
}

/** Sends an answer whole. */
export function sendJson(outgoing: ServerResponse, answer: JsonAnswer): void {
  const { status, headers, body } = answer;
  if (body === undefined) {
    outgoing.writeHead(status, headers).end();
    return;
  }
  const { text, contentType } = textOf(answer);
  outgoing.writeHead(status, {
    ...headers,
    'content-type': contentType,
    'content-length': Buffer.byteLength(text),
  });
  outgoing.end(text);
}

/**
 * Sends an answer the way the fault says, on the bare socket where it has to be. Answers with the status that the
 * client gets to see, or `null` where it sees none.
 */
export function sendBroken(outgoing: ServerResponse, answer: JsonAnswer, kind: FaultKind): number | null {
  switch (kind) {
    case 'reset-before':
    case 'reset-after':
      outgoing.socket?.resetAndDestroy();
      return null;
    case 'lost-answer':
      outgoing.socket?.destroy();
      return null;
    case 'cut-body':
      sendCut(outgoing, answer);
      return answer.status;
    case 'not-json':
      return sendPage(outgoing, 200, 'OK');
    case 'error-502':
      return sendPage(outgoing, 502, 'Bad Gateway');
    case 'error-503':
      return sendPage(outgoing, 503, 'Service Unavailable');
    case 'error-504':
      return sendPage(outgoing, 504, 'Gateway Time-out');
    default:
      sendJson(outgoing, answer);
      return answer.status;
  }
}

/** What a proxy in front of a provider says: a page for people. */
function sendPage(outgoing: ServerResponse, status: number, title: string): number {
  const page = `<html><head><title>${status} ${title}</title></head><body><h1>${status} ${title}</h1></body></html>\n`;
  outgoing.writeHead(status, { 'content-type': 'text/html', 'content-length': Buffer.byteLength(page) });
  outgoing.end(page);
  return status;
}

/** Promises the whole body, sends half of it and hangs up. */
function sendCut(outgoing: ServerResponse, answer: JsonAnswer): void {
  const { contentType, text: whole } = textOf(answer);
  const text = Buffer.from(whole);
  outgoing.writeHead(answer.status, { ...answer.headers, 'content-type': contentType, 'content-length': text.length });
  outgoing.write(text.subarray(0, Math.floor(text.length / 2)), () => outgoing.socket?.destroySoon());
}
