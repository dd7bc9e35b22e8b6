import { type HttpAnswer, type JsonObject, type JsonValue, redactText, SluiceError } from '@sluice/core/adapter';
import * as z from 'zod';
import { parserOf } from './answer-formats.js';
import { type CdnFile, fileIn } from './cdn-file.js';
import type { ParsedSettings } from './settings.js';

/** Where answers may keep what they are about: the provider shows no answer at all. */
const wrappers = ['data', 'file', 'files', 'items', 'result', 'list', 'rows'];

/**
 * The one file of an answer to an add.
 * @throws SluiceError what a refusal means; `protocol` where the answer names no file: the add may have taken effect
 */
export function readAdded(answer: HttpAnswer, settings: ParsedSettings): CdnFile {
  const value = readValue(answer, settings);
  const [added] = objectsIn(value).flatMap((one) => fileIn(one, settings) ?? []);
  const refusal = added === undefined ? refusalIn(value) : undefined;
  if (refusal !== undefined) throw refused(refusal, settings);
  if (added === undefined) throw unreadable(answer, 'it names no file');
  return added;
}

/** The files of an answer to a list. @throws SluiceError `protocol` */
export function readFiles(answer: HttpAnswer, settings: ParsedSettings): CdnFile[] {
  const value = readValue(answer, settings);
  const files = objectsIn(value).flatMap((one) => fileIn(one, settings) ?? []);
  if (files.length > 0) return files;
  const refusal = refusalIn(value);
  if (refusal !== undefined) throw refused(refusal, settings);
  if (!isList(value)) throw unreadable(answer, 'it is no list of files');
  return [];
}

/** That a call was done. @throws SluiceError what a refusal means */
export function readDone(answer: HttpAnswer, settings: ParsedSettings): void {
  const refusal = answer.text.trim() === '' ? undefined : refusalIn(readValue(answer, settings));
  if (refusal !== undefined) throw refused(refusal, settings);
}

function readValue(answer: HttpAnswer, { answers }: ParsedSettings): JsonValue {
  let read: unknown;
  try {
    read = parserOf(answers)(answer.text);
  } catch {
    throw unreadable(
      answer,
      `it is not written as the setting answers says${typeof answers === 'string' ? `: ${answers}` : ''}`,
    );
  }
  const value = z.json().safeParse(read);
  if (!value.success) throw unreadable(answer, 'what the setting answers makes of it is no JSON');
  return value.data;
}

/** Every object that could be a file: at the top, in a list, or in one of the usual wrappers. */
function objectsIn(value: JsonValue, depth = 0): JsonObject[] {
  if (Array.isArray(value)) return value.flatMap((one) => objectsIn(one, depth));
  if (!isObject(value)) return [];
  const inner = depth < 3 ? wrappers.flatMap((name) => objectsIn(value[name] ?? null, depth + 1)) : [];
  return [...inner, value];
}

/** Also an empty one. */
function isList(value: JsonValue): boolean {
  if (Array.isArray(value)) return value.every(isObject);
  return isObject(value) && wrappers.some((name) => name in value);
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What a provider that answers everything with 200 says in place of a refusal. */
export interface Refusal {
  message: string;
  code?: string;
}

const text = z.union([z.string(), z.number()]).transform(String).optional().catch(undefined);

const refusalSchema = z.object({
  status: text,
  result: text,
  code: text,
  message: text,
  error: z
    .union([z.string(), z.object({ message: text, code: text })])
    .optional()
    .catch(undefined),
});

/** A refusal in the body of an answer: an `error`, or a `status` or `result` that says so; where it is known to be one, also a `message`. */
export function refusalIn(value: JsonValue, known = false): Refusal | undefined {
  const parsed = refusalSchema.safeParse(Array.isArray(value) && value.length === 1 ? value[0] : value);
  if (!parsed.success) return undefined;
  const { status, result, code, message, error } = parsed.data;
  const said = typeof error === 'string' ? { message: error } : error;
  const failed =
    known || [status, result].some((one) => one !== undefined && /^(error|fail|failed|refused)$/i.test(one));
  if (said === undefined && !failed) return undefined;
  const words = said?.message ?? message ?? said?.code ?? code;
  if (words === undefined || words === '')
    return failed && !known ? { message: 'refused without a reason' } : undefined;
  const number = said?.code ?? code;
  return { message: words, ...(number !== undefined && { code: number }) };
}

function refused({ message, code }: Refusal, settings: ParsedSettings): SluiceError {
  return new SluiceError({
    code: saysExisting(message, settings) ? 'conflict' : 'invalid-request',
    message: `the Video CDN refused: ${redactText(message)}`,
    ...(code !== undefined && { providerCode: code }),
  });
}

/** Whether the words of a refusal say that the name is taken. */
export function saysExisting(message: string, { words }: ParsedSettings): boolean {
  return holdsOneOf(message, words.exists);
}

/** Whether a text holds one of some words, in any case. */
export function holdsOneOf(message: string, words: readonly string[]): boolean {
  const lower = message.toLowerCase();
  return words.some((word) => lower.includes(word.toLowerCase()));
}

/** It has the status: a page that stands in the way for a moment has one too, and is asked past. */
function unreadable({ status }: HttpAnswer, why: string): SluiceError {
  return new SluiceError({ code: 'protocol', message: `the answer of the Video CDN cannot be read: ${why}`, status });
}
