import type { HttpRefusal, RefusalDetails } from '@sluice/core/adapter';
import * as z from 'zod';

const text = z.string().min(1).optional().catch(undefined);

/** `{code, message, docs_url}`, `{error_code, message}` or `{error: {code, message}}`; the body of a 429 may be empty. */
const refusalSchema = z.object({
  code: text,
  error_code: text,
  message: text,
  error: z.object({ code: text, message: text }).optional().catch(undefined),
});

/** What TwelveLabs' refusals say. Their kind is told by the status. */
export function readRefusal({ json }: HttpRefusal): RefusalDetails {
  const parsed = refusalSchema.safeParse(json);
  if (!parsed.success) return {};
  const { code, error_code, message, error } = parsed.data;
  const providerCode = code ?? error_code ?? error?.code;
  const said = message ?? error?.message;
  return {
    ...(providerCode !== undefined && { providerCode }),
    ...(said !== undefined && { message: said }),
  };
}
