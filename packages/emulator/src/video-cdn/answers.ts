import type { JsonAnswer } from '../faults/broken-answer.js';
import type { EmulatedCdnFile } from './cdn-file.js';
import type { ResolvedVideoCdnSettings } from './settings.js';

type Format = ResolvedVideoCdnSettings['answers'];
type Fields = Record<string, string | number | null>;

/** A refusal. Nothing public shows one. */
export function refusal(status: number, error: string): JsonAnswer {
  return { status, headers: {}, body: { status: 'error', error } };
}

export function done(fields: Fields | Fields[]): JsonAnswer {
  return { status: 200, headers: {}, body: fields };
}

/** The answer in the format of the settings. */
export function written(answer: JsonAnswer, format: Format): JsonAnswer {
  if (format === 'json' || answer.body === undefined) return answer;
  const objects = [answer.body].flat().map(pairsOf);
  const text = format === 'form' ? objects.map(formLine).join('') : objects.map(fieldLines).join('\n');
  const contentType = format === 'form' ? 'application/x-www-form-urlencoded' : 'text/plain; charset=utf-8';
  return { ...answer, written: { text, contentType } };
}

function pairsOf(object: unknown): [string, string][] {
  if (typeof object !== 'object' || object === null) return [];
  return Object.entries(object).flatMap(([name, value]) => (value === null ? [] : [[name, String(value)]]));
}

function formLine(pairs: [string, string][]): string {
  return `${new URLSearchParams(pairs).toString()}\n`;
}

function fieldLines(pairs: [string, string][]): string {
  return pairs.map(([name, value]) => `${name}: ${value.replace(/\s+/g, ' ')}\n`).join('');
}

/** Everything that a list can tell of a file, by the field's name. */
export function fieldsOf(
  file: EmulatedCdnFile,
  { words, deliveryUrl }: { words: ResolvedVideoCdnSettings['words']; deliveryUrl: string },
): Fields {
  const { id, name, status, size, chksum, measured, message, priority, protection, speed, buffer, createdAt } = file;
  return {
    id,
    full_name: name,
    status: words[status],
    size: measured?.size ?? size,
    chksum: chksum ?? null,
    message: message ?? null,
    url: status === 'ready' ? `${deliveryUrl}/${name.split('/').map(encodeURIComponent).join('/')}` : null,
    fetch_prio: priority,
    protection: protection ?? null,
    speed: speed ?? null,
    buffer: buffer ?? null,
    created: new Date(createdAt).toISOString(),
  };
}
