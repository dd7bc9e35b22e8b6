import type { ServerResponse } from 'node:http';

/** What an element holds: text, elements by name, or several of one name. Undefined is left out. */
export type XmlContent = string | number | boolean | undefined | XmlElements | readonly (string | XmlElements)[];

/** Elements by name, in order. */
export interface XmlElements {
  [name: string]: XmlContent;
}

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** Sends a document as S3 does, or the bare status to a HEAD. */
export function sendXml(outgoing: ServerResponse, status: number, elements: XmlElements): void {
  const document = `<?xml version="1.0" encoding="UTF-8"?>\n${write(elements)}`;
  outgoing.writeHead(status, { 'content-type': 'application/xml', 'content-length': Buffer.byteLength(document) });
  outgoing.end(outgoing.req.method === 'HEAD' ? undefined : document);
}

/** The text of every element of that name, wherever it stands: enough for the small documents that clients send. */
export function textsIn(document: string, name: string): string[] {
  return innersOf(document, name).map((inner) => unescapeXml(inner.trim()));
}

/** The inside of every element of that name, as it is written. */
export function innersOf(document: string, name: string): string[] {
  const pattern = new RegExp(`<(?:\\w+:)?${name}(?:\\s[^>]*)?>([^]*?)</(?:\\w+:)?${name}\\s*>`, 'g');
  return [...document.matchAll(pattern)].map(([, inner = '']) => inner);
}

function write(elements: XmlElements): string {
  return Object.entries(elements)
    .flatMap(([name, content]) => (Array.isArray(content) ? content : [content]).map((one) => element(name, one)))
    .join('');
}

function element(name: string, content: string | number | boolean | undefined | XmlElements): string {
  if (content === undefined) return '';
  const inside = typeof content === 'object' ? write(content) : escapeXml(String(content));
  const isResult = /Result$/.test(name);
  return `<${name}${isResult ? ` xmlns="${NAMESPACE}"` : ''}>${inside}</${name}>`;
}

function escapeXml(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}

function unescapeXml(text: string): string {
  const named: Record<string, string> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };
  return text.replace(/&(#?\w+);/g, (whole, name: string) => {
    const [, hex, decimal] = /^#(?:x([0-9a-fA-F]+)|(\d+))$/.exec(name) ?? [];
    if (hex === undefined && decimal === undefined) return named[name] ?? whole;
    return String.fromCodePoint(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16));
  });
}
