import * as z from 'zod';

const schemes = /^(https?|ftp|rsync|rsync\+ssh|s3):\/\//i;
const text = z.string().min(1);

/** The parameters of an add (Video CDN, Import via API; `location`, `name` and `callback` as in other public texts). */
const addSchema = z.strictObject({
  location: text.refine((url) => schemes.test(url) && URL.canParse(url) && new URL(url).hostname !== '', {
    error: 'must be an http, https, ftp, rsync, rsync+ssh or s3 URL',
  }),
  name: text
    .transform((name) => name.replace(/^\//, ''))
    .refine((name) => name.split('/').every((segment) => !['', '.', '..'].includes(segment)), { error: 'is no path' }),
  size: z
    .string('is mandatory')
    .regex(/^\d{1,15}$/, 'must be a number of bytes')
    .transform(Number),
  chksum: z
    .string()
    .regex(/^[0-9a-f]{64}$/i, 'must be a sha-256 in hex')
    .transform((hex) => hex.toLowerCase())
    .exactOptional(),
  fetch_prio: z
    .string()
    .regex(/^-?\d{1,9}$/, 'must be a whole number')
    .transform(Number)
    .exactOptional(),
  no_replace: z.enum(['true', 'false']).exactOptional(),
  protection: text.exactOptional(),
  speed: text.exactOptional(),
  buffer: text.exactOptional(),
  callback: z.url({ protocol: /^https?$/ }).exactOptional(),
});

/** What a client asked to add. */
export type AddRequest = z.infer<typeof addSchema>;

/** The parameters, or what to say of those that weren't understood (400). */
export function readAddRequest(
  form: Record<string, string>,
): { ok: true; value: AddRequest } | { ok: false; error: string } {
  const result = addSchema.safeParse(form);
  if (result.success) return { ok: true, value: result.data };
  const [issue] = result.error.issues;
  if (issue?.code === 'unrecognized_keys') return { ok: false, error: `unknown parameter: ${issue.keys.join(', ')}` };
  return { ok: false, error: `${issue?.path.join('.')}: ${issue?.message}` };
}
