import * as z from 'zod';
import type { S3Account } from './authentication.js';
import { checkCredential, checkSignature } from './authentication.js';
import { S3Error } from './s3-error.js';
import { ALGORITHM, readAmzDate, signText } from './signing-key.js';

const conditionSchema = z.union([
  z.tuple([z.string().regex(/^content-length-range$/i), z.coerce.number(), z.coerce.number()]),
  z.tuple([z.string().regex(/^(?:eq|starts-with)$/i), z.string().startsWith('$'), z.string()]),
  z.record(z.string(), z.string()).refine((pair) => Object.keys(pair).length === 1),
]);

const policySchema = z.object({ expiration: z.iso.datetime(), conditions: z.array(conditionSchema) });

/** What a POST policy says of the form that may come with it. */
type PostPolicy = z.infer<typeof policySchema>;

/** How large the file may be, in bytes. */
export interface SizeRange {
  least: number;
  most: number;
}

/** Fields of the form that need no condition in the policy. */
const FREE_FIELDS = new Set(['policy', 'x-amz-signature', 'file']);

/**
 * Checks a form's fields against the policy that they bring, and the policy's signature (AWS S3, "Browser-Based Uploads
 * Using POST"). Answers with the sizes that it allows. Throws an `S3Error` for everything that is not right.
 *
 * @param fields by lower-case name; `bucket` is the one that the form was sent to, and `key` as the object will be named
 */
export function checkPostPolicy(fields: ReadonlyMap<string, string>, account: S3Account): SizeRange {
  const text = fields.get('policy');
  if (text === undefined) throw new S3Error('AccessDenied', 'Access Denied');
  checkPolicySignature(fields, account);
  const policy = readPolicy(text);
  if (account.now() >= Date.parse(policy.expiration)) throw denied('Policy expired.');
  checkConditions(policy, fields);
  return sizesOf(policy);
}

function checkPolicySignature(fields: ReadonlyMap<string, string>, account: S3Account): void {
  const credential = fields.get('x-amz-credential');
  const signature = fields.get('x-amz-signature');
  const signedAt = readAmzDate(fields.get('x-amz-date'));
  if (fields.get('x-amz-algorithm') !== ALGORITHM || credential === undefined || signature === undefined || !signedAt) {
    const message = `Bucket POST must contain the fields X-Amz-Algorithm (${ALGORITHM}), X-Amz-Credential, X-Amz-Date and X-Amz-Signature. If they are specified, please check the order of the fields.`;
    throw new S3Error('InvalidArgument', message);
  }
  const [accessKeyId = '', ...scope] = credential.split('/');
  checkCredential({ accessKeyId, scope, signedAt }, account);
  checkSignature(signature, signText(account.secretAccessKey, scope, fields.get('policy') ?? ''));
}

function readPolicy(text: string): PostPolicy {
  try {
    return policySchema.parse(JSON.parse(Buffer.from(text, 'base64').toString()));
  } catch {
    throw new S3Error('InvalidPolicyDocument', 'Invalid Policy: Invalid JSON.');
  }
}

function checkConditions({ conditions }: PostPolicy, fields: ReadonlyMap<string, string>): void {
  const named = new Set<string>();
  for (const condition of conditions) {
    const said = readCondition(condition);
    if (!said) continue;
    named.add(said.name);
    const value = fields.get(said.name) ?? '';
    const holds = said.exact ? value === said.value : startsWith(value, said.value, said.name);
    if (!holds) throw denied(`Policy Condition failed: ${JSON.stringify(condition)}`);
  }
  const extra = [...fields.keys()].filter(
    (name) => !named.has(name) && !FREE_FIELDS.has(name) && !name.startsWith('x-ignore-') && name !== 'bucket',
  );
  if (extra.length > 0) throw denied(`Extra input fields: ${extra.join(', ')}`);
}

function readCondition(
  condition: PostPolicy['conditions'][number],
): { name: string; value: string; exact: boolean } | undefined {
  if (!Array.isArray(condition)) {
    const [pair] = Object.entries(condition);
    return pair && { name: pair[0].toLowerCase(), value: pair[1], exact: true };
  }
  const [word, field, value] = condition;
  if (typeof field !== 'string' || typeof value !== 'string') return undefined;
  return { name: field.slice(1).toLowerCase(), value, exact: word.toLowerCase() === 'eq' };
}

/** A list of content types must hold to the condition each on its own. */
function startsWith(value: string, start: string, name: string): boolean {
  const values = name === 'content-type' ? value.split(',').map((one) => one.trim()) : [value];
  return values.every((one) => one.startsWith(start));
}

function sizesOf({ conditions }: PostPolicy): SizeRange {
  const sizes = { least: 0, most: 5 * 1024 ** 3 };
  for (const condition of conditions) {
    if (!Array.isArray(condition)) continue;
    const [, least, most] = condition;
    if (typeof least !== 'number' || typeof most !== 'number') continue;
    sizes.least = Math.max(sizes.least, least);
    sizes.most = Math.min(sizes.most, most);
  }
  return sizes;
}

function denied(reason: string): S3Error {
  return new S3Error('AccessDenied', `Invalid according to Policy: ${reason}`);
}
