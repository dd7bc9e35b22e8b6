import type { HttpAnswer, HttpRefusal, RefusalDetails } from '@sluice/core/adapter';
import * as z from 'zod';

const text = z.string().min(1).optional().catch(undefined);

/** The page names statuses and messages and shows no body: every usual form is read. */
const refusalSchema = z.object({
  error: z.json().optional(),
  error_description: text,
  message: text,
  errors: z.json().optional(),
});

/** Refusals of the token endpoint that are about the client itself (RFC 6749, section 5.2). */
const refusedClient = new Set(['invalid_client', 'unauthorized_client']);

/** What Firework's refusals say. Their kind is told by the status (Videos page, 4.5, 5.1.4, 5.3.5, 6.9, 7.5, 8.4 and 9.4). */
export function readRefusal({ json }: HttpRefusal): RefusalDetails {
  const parsed = refusalSchema.safeParse(json);
  if (!parsed.success) return {};
  const { error: told, error_description: description, message, errors } = parsed.data;
  const error = typeof told === 'string' && told !== '' ? told : undefined;
  const said = [error ?? textsIn(told), message, description, textsIn(errors)]
    .flat()
    .filter((one) => one !== undefined && one !== '');
  return {
    ...(error !== undefined && refusedClient.has(error) && { code: 'auth' }),
    ...(error !== undefined && description !== undefined && { providerCode: error }),
    ...(said.length > 0 && { message: said.join(': ') }),
  };
}

/** What an answer says went wrong although its status says that it went well. */
export function errorIn({ text: body, parse }: HttpAnswer): string | undefined {
  const inXml = /<Error>.*<Code>([^<]+)<\/Code>/s.exec(body)?.[1];
  if (inXml !== undefined || !body.trimStart().startsWith('{')) return inXml;
  const { error, errors } = parse(refusalSchema);
  return [...textsIn(error), ...textsIn(errors)].find((said) => said !== '');
}

/** Texts, objects with a message, or lists of texts by field. */
function textsIn(value: unknown, field?: string): string[] {
  if (typeof value === 'string') return [field === undefined ? value : `${field} ${value}`];
  if (Array.isArray(value)) return value.flatMap((one) => textsIn(one, field));
  if (typeof value !== 'object' || value === null) return [];
  if ('message' in value) return textsIn(value.message, field);
  return Object.entries(value).flatMap(([name, inner]) => textsIn(inner, name));
}
