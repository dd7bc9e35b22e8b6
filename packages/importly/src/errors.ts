import type { HttpRefusal, RefusalDetails } from '@sluice/core/adapter';
import * as z from 'zod';

/** Every field is optional: of the bodies, only those of 429 are shown anywhere. */
const refusalSchema = z.object({
  success: z.boolean().optional().catch(undefined),
  error: z.string().optional().catch(undefined),
  message: z.string().optional().catch(undefined),
  /** Seconds. */
  retryAfter: z.number().nonnegative().optional().catch(undefined),
  /** When the window ends, as Unix time. */
  reset: z.number().nonnegative().optional().catch(undefined),
  concurrentLimit: z.unknown().optional(),
  currentConcurrent: z.unknown().optional(),
});

type RefusalBody = z.output<typeof refusalSchema>;

/** What Importly's refusals mean (Importly, Import Endpoint page, "Error Handling"; its error handling page for the second 429). */
export function readRefusal(refusal: HttpRefusal): RefusalDetails {
  const parsed = refusalSchema.safeParse(refusal.json);
  if (!parsed.success) return {};
  const body = parsed.data;
  const said = body.error ?? body.message;
  return { ...(said !== undefined && { message: said }), ...meaning(refusal, body, said ?? '') };
}

function meaning(refusal: HttpRefusal, body: RefusalBody, said: string): RefusalDetails {
  if (refusal.status === 400 && unreachable.test(said)) return { code: 'source-unreachable', retry: 'later' };
  if (refusal.status === 402) return { code: 'quota', providerCode: 'InsufficientCredits' };
  if (refusal.status === 429) return tooMany(refusal, body);
  // Its own words, and not those of a gateway before it: Importly looked at the request and did not take it.
  if (refusal.status === 500 && body.success === false) return { code: 'unavailable', retry: 'later', refused: true };
  return {};
}

/** The page has one status, 400, for a wrong request and for an "unreachable URL": only the words tell them apart. */
const unreachable =
  /unreachable|not reachable|not accessible|(could|can) ?not be (reached|accessed|downloaded|fetched)/i;

function tooMany(refusal: HttpRefusal, body: RefusalBody): RefusalDetails {
  // Two imports at once: no time helps, only an import that ends.
  if (body.concurrentLimit !== undefined || body.currentConcurrent !== undefined)
    return { providerCode: 'concurrency' };
  const retryAfterMs = body.retryAfter === undefined ? untilReset(refusal, body.reset) : body.retryAfter * 1_000;
  return { providerCode: 'rate', ...(retryAfterMs !== undefined && { retryAfterMs }) };
}

/** Until the reset, by the provider's own clock. The page shows milliseconds; its size would tell seconds. */
function untilReset(refusal: HttpRefusal, reset: number | undefined): number | undefined {
  const now = Date.parse(refusal.header('date') ?? '');
  if (reset === undefined || Number.isNaN(now)) return undefined;
  const smallestMilliseconds = 100_000_000_000;
  return Math.max(0, (reset < smallestMilliseconds ? reset * 1_000 : reset) - now);
}
