import { configurationProblem } from './problem.js';

/** Environment variables, as in `process.env`. */
export type Environment = Record<string, string | undefined>;

const reference = /\$(\$?)\{([^}]*)\}/g;

/**
 * Puts environment variables where a text says `${NAME}`; `$${` becomes `${`. Whatever is no text, list or plain object is left
 * alone.
 * @throws SluiceError `invalid-request` naming every field whose variable is missing, never a value
 */
export function fillEnvironment(options: { file: string; value: unknown; env: Environment }): unknown {
  const problems: string[] = [];
  const filled = fill(options.value, '', (text, field) =>
    text.replace(reference, (whole, escaped: string, name: string) => {
      if (escaped !== '') return whole.slice(1);
      const value = options.env[name];
      if (value !== undefined && value !== '') return value;
      problems.push(`${field}: the environment variable ${name} is not set`);
      return '';
    }),
  );
  if (problems.length > 0) throw configurationProblem({ file: options.file }, problems.join('; '));
  return filled;
}

function fill(value: unknown, field: string, fillText: (text: string, field: string) => string): unknown {
  if (typeof value === 'string') return fillText(value, field);
  const inner = (key: string | number) => (field === '' ? String(key) : `${field}.${key}`);
  if (Array.isArray(value)) return value.map((entry, index) => fill(entry, inner(index), fillText));
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, fill(entry, inner(key), fillText)]));
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
