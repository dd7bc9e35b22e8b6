import * as z from 'zod';
import { SluiceError } from './error.js';

/** What a thrown value says, in one line: a schema's error is a page of JSON otherwise. */
export function saidBy(thrown: unknown): string {
  if (thrown instanceof z.ZodError) return brokenRules(thrown);
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** So many of the rules that a value breaks are named. */
const mostNamed = 3;

/** The rules that a value from outside breaks, in one line, each with its field. */
export function brokenRules({ issues }: z.ZodError): string {
  const named = issues.slice(0, mostNamed).map((issue) => describe(issue, {}));
  const more = issues.length - named.length;
  return `${named.join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}

/** What {@link invalidInput} says besides the rule. */
export interface IssueScope {
  /** What the path counts from, such as `providers.shop`; empty for a request. */
  prefix?: string;
  /** The known keys, told when an unknown one was given. */
  known?: readonly string[];
}

/** The first broken rule as one line that names the field: `providers.shop.apiKey: expected a string, …`. */
export function invalidInput(error: z.ZodError, scope: IssueScope = {}): SluiceError {
  const [issue] = error.issues;
  const message = issue === undefined ? 'invalid input' : describe(issue, scope);
  return new SluiceError({ code: 'invalid-request', message });
}

function describe(issue: z.core.$ZodIssue, scope: IssueScope): string {
  if (issue.code === 'unrecognized_keys') {
    const field = fieldName([...issue.path, issue.keys[0] ?? ''], scope.prefix);
    const known = issue.path.length === 0 && scope.known !== undefined ? `; known: ${scope.known.join(', ')}` : '';
    return `${field}: unknown field${known}`;
  }
  const field = fieldName(issue.path, scope.prefix);
  const missing = issue.code === 'invalid_type' && issue.message.endsWith('received undefined');
  return `${field === '' ? 'input' : field}: ${missing ? `is missing; ${issue.message.replace(/^Invalid input: /, '')}` : issue.message}`;
}

function fieldName(path: readonly PropertyKey[], prefix: string | undefined): string {
  return [...(prefix === undefined ? [] : [prefix]), ...path.map(keyName)].join('.');
}

/** A key is the user's own text: one that is no word is quoted, so that the message stays one line that can be read. */
function keyName(key: PropertyKey): string {
  const text = String(key);
  const longest = 60;
  if (/^[\w-]+$/.test(text) && text.length <= longest) return text;
  return JSON.stringify(text.length > longest ? `${text.slice(0, longest)}…` : text);
}
