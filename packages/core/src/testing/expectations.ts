import assert from 'node:assert/strict';
import type * as z from 'zod';
import { SluiceError } from '../model/error.js';
import type { JsonValue } from '../model/json.js';

/** Plain JSON: what a store gives back equals what was put in. */
export function assertJson(value: unknown, what: string): asserts value is JsonValue {
  const text = JSON.stringify(value);
  assert.ok(text !== undefined, `${what} must be JSON; it is ${typeof value}`);
  assert.deepStrictEqual(value, JSON.parse(text), `${what} must be plain JSON: no undefined fields, dates or classes`);
}

/** Fits the type, misspelt and unknown fields included. */
export function assertFits(schema: z.ZodType, value: unknown, what: string): void {
  const parsed = schema.safeParse(value);
  const issues = parsed.error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];
  assert.ok(parsed.success, `${what} does not fit its type: ${issues.join('; ')}`);
}

/** Holds none of the secrets, however deep. */
export function assertNoSecret(value: unknown, secrets: readonly string[], what: string): void {
  const text = everyText(value).join('\n');
  const found = secrets.find((secret) => text.includes(secret));
  const begins = found === undefined ? '' : `${found.slice(0, 4)}…`;
  assert.ok(
    found === undefined,
    `${what} holds a secret of the settings or of the source's URL, ${begins} (a setting is secret if its name says key, secret, token or password)`,
  );
}

/** Every text inside a value: keys, values, an error's message, stack and causes. */
function everyText(value: unknown, depth = 0): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null || depth > 12) return [];
  const own = Object.entries(value).flatMap(([key, inner]) => [key, ...everyText(inner, depth + 1)]);
  if (!(value instanceof Error)) return own;
  return [...own, value.message, value.stack ?? '', ...everyText(value.cause, depth + 1)];
}

/** The SluiceError that `work` rejects with. */
export async function rejection(work: () => Promise<unknown>, what: string): Promise<SluiceError> {
  let answer: unknown;
  try {
    answer = await work();
  } catch (error) {
    assert.ok(
      SluiceError.is(error),
      `${what} must be rejected with a SluiceError, such as answer.parse(schema) throws, not with ${String(error)}`,
    );
    return error;
  }
  assert.fail(`${what} must be rejected; it answers ${JSON.stringify(answer)}`);
}

/** What `work` answers, where it must. */
export async function fulfilled<T>(work: () => Promise<T> | T, what: string): Promise<T> {
  try {
    return await work();
  } catch (error) {
    assert.fail(`${what} must succeed: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** A copy that throws when it is written to. */
export function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || value instanceof AbortSignal) return value;
  for (const inner of Object.values(value)) frozen(inner);
  return Object.freeze(value);
}
