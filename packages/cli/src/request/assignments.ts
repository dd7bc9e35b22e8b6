import type { JsonObject, JsonValue } from '@sluice/core';
import { usageError } from '../usage.js';

/**
 * Reads `K=V` pairs: a value that parses as JSON is JSON, else text.
 * @param options.nested a dot in K leads into an inner object
 * @throws SluiceError `invalid-request` for a pair without `=`, an empty or repeated K
 */
export function parseAssignments(pairs: string[], options: { flag: string; nested: boolean }): JsonObject {
  const result: JsonObject = {};
  for (const pair of pairs) {
    const { key, value } = splitPair(pair, options.flag);
    const path = options.nested ? key.split('.') : [key];
    if (path.some((step) => step === '' || step === '__proto__'))
      throw usageError(`${options.flag} ${key}: is no name`);
    const parent = descend(result, path.slice(0, -1));
    const last = path.at(-1) ?? '';
    if (parent === undefined || Object.hasOwn(parent, last)) throw usageError(`${options.flag} ${key}: is given twice`);
    parent[last] = value;
  }
  return result;
}

function splitPair(pair: string, flag: string): { key: string; value: JsonValue } {
  const equals = pair.indexOf('=');
  // The pair itself is not shown: what was forgotten may be the name, and the rest a secret.
  if (equals < 1) throw usageError(`${flag} takes NAME=VALUE`);
  return { key: pair.slice(0, equals), value: jsonOrText(pair.slice(equals + 1)) };
}

/** A text that parses as JSON is JSON. */
export function jsonOrText(text: string): JsonValue {
  try {
    const value: JsonValue = JSON.parse(text);
    return value;
  } catch {
    return text;
  }
}

/** The object at the end of the path, made as needed; undefined when something else stands in the way. */
function descend(root: JsonObject, path: string[]): JsonObject | undefined {
  let current = root;
  for (const step of path) {
    if (!Object.hasOwn(current, step)) current[step] = {};
    const next = current[step];
    if (typeof next !== 'object' || next === null || Array.isArray(next)) return undefined;
    current = next;
  }
  return current;
}
