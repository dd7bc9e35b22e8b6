import type { HttpRefusal, JsonValue, RefusalDetails } from '@sluice/core/adapter';
import * as z from 'zod';
import { parserOf } from './answer-formats.js';
import { refusalIn, saysExisting } from './answers.js';
import type { ParsedSettings } from './settings.js';

/** What a refusal says. Its kind is told by the status, but for a name that is taken, whose status nobody names. */
export function readRefusal(refusal: HttpRefusal, settings: ParsedSettings): RefusalDetails {
  const said = refusalIn(refusal.json ?? parsed(refusal.text, settings), true);
  if (said === undefined) return {};
  const taken = refusal.status >= 400 && refusal.status < 500 && saysExisting(said.message, settings);
  return {
    ...(taken && { code: 'conflict' }),
    message: said.message,
    ...(said.code !== undefined && { providerCode: said.code }),
  };
}

function parsed(text: string, { answers }: ParsedSettings): JsonValue {
  try {
    return z.json().catch(null).parse(parserOf(answers)(text));
  } catch {
    return null;
  }
}
