import type { LogEntry } from '@sluice/core';
import type { Style } from '../output/style.js';
import { printable } from '../output/text.js';

/** A delivery that was answered. Holds no secret. */
export interface Delivered {
  method: string;
  path: string;
  status: number;
  message: string;
  tookMs: number;
}

/** What `sluice serve` says of itself, on standard output. */
export interface ServeLog {
  ready(serving: { url: string; basePath: string; receivers: string[] }): void;
  delivered(delivery: Delivered): void;
  /** What the client says; its talk of single calls is left out. */
  noted(entry: LogEntry): void;
  stopped(): void;
}

/** Lines for a person, or one JSON object a line. */
export function serveLog({ json, style }: { json: boolean; style: Style }): ServeLog {
  const print = (type: string, fields: object, words: () => string) => {
    const time = new Date().toISOString();
    const line = json ? JSON.stringify({ type, time, ...fields }) : `${style.dim(time.slice(11, 23))}  ${words()}`;
    process.stdout.write(`${line}\n`);
  };
  return {
    ready: (serving) => print('ready', serving, () => describeServing(serving, style)),
    delivered: (delivery) => print('delivery', delivery, () => describeDelivery(delivery, style)),
    noted: ({ level, message }) => {
      if (level !== 'debug') print('log', { level, message }, () => paint(level, printable(message), style));
    },
    stopped: () => print('stopped', {}, () => 'stopped; every job is as it was'),
  };
}

function describeServing(
  { url, basePath, receivers }: { url: string; basePath: string; receivers: string[] },
  style: Style,
): string {
  const base = `${url}/${basePath.replace(/^\/+|\/+$/g, '')}`.replace(/\/$/, '');
  const lines = receivers.map((name) => `              ${base}/${printable(name)}`);
  return [
    `${style.good('●')} deliveries are taken at`,
    ...(lines.length > 0 ? lines : ['              no address: no provider sends any']),
  ].join('\n');
}

function describeDelivery({ method, path, status, message, tookMs }: Delivered, style: Style): string {
  const text = String(status);
  const painted = status < 400 ? style.good(text) : status < 500 ? style.warn(text) : style.bad(text);
  return `${painted}  ${method.padEnd(4)} ${printable(path)}${style.dim(`  ${printable(message)}, ${tookMs} ms`)}`;
}

function paint(level: LogEntry['level'], text: string, style: Style): string {
  return level === 'warn' ? style.warn(text) : text;
}
