import type * as z from 'zod';
import type { WebhookDelivery } from './adapter.js';
import { SluiceError } from './error.js';
import { brokenRules } from './issues.js';

/**
 * The JSON body of a delivery, read by `schema`.
 * @throws SluiceError `protocol` when the body is no JSON or does not fit
 */
export function parseDelivery<T extends z.ZodType>({ body }: Pick<WebhookDelivery, 'body'>, schema: T): z.output<T> {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(body));
  } catch {
    throw unreadableDelivery('its body is no JSON');
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw unreadableDelivery(`its body does not fit: ${brokenRules(parsed.error)}`);
}

/** For a delivery that says nothing that is needed. */
export function unreadableDelivery(why: string): SluiceError {
  return new SluiceError({ code: 'protocol', message: `the delivery cannot be read: ${why}` });
}
