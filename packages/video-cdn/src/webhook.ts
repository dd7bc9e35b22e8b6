import { redactText, SluiceError, type WebhookDelivery, type WebhookNotice } from '@sluice/core/adapter';
import type { Evidence } from './references.js';
import type { ParsedSettings } from './settings.js';

/**
 * Reads a callback: `status=success&size=…&sha-256=…` or `status=fail&message=…`, appended to the job's own URL. It is unsigned and names
 * nothing, so only a delivery to such a URL, whose token the engine has verified, is believed.
 */
export async function readCallback(delivery: WebhookDelivery, settings: ParsedSettings): Promise<WebhookNotice> {
  if (delivery.job === undefined) {
    const message =
      'the delivery did not come to the callback URL of a job, and nothing else proves that it is the Video CDN’s';
    throw new SluiceError({ code: 'auth', message });
  }
  const names = settings.callback;
  const said = { ...fieldsOf(delivery.body), ...delivery.query };
  const status = said[names.status];
  if (status !== names.success && status !== names.fail) {
    const message = `the delivery cannot be read: its ${names.status} is neither ${names.success} nor ${names.fail}`;
    throw new SluiceError({ code: 'protocol', message });
  }
  const evidence = evidenceIn(said, settings);
  return { event: status, evidence: { ...evidence } };
}

function evidenceIn(said: Record<string, string>, { callback: names }: ParsedSettings): Evidence {
  const size = said[names.size];
  const sha256 = said[names.sha256]?.toLowerCase();
  const message = said[names.message];
  return {
    ok: said[names.status] === names.success,
    ...(size !== undefined && /^\d{1,15}$/.test(size) && { size: Number(size) }),
    ...(sha256 !== undefined && /^[0-9a-f]{64}$/.test(sha256) && { sha256 }),
    // It may quote the source's URL.
    ...(message !== undefined && message !== '' && { message: redactText(message).slice(0, longestMessage) }),
  };
}

/** A page in place of a reason helps nobody. Characters. */
const longestMessage = 500;

/** A provider that posts in place of a GET writes the same fields as a form. */
function fieldsOf(body: Uint8Array): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(new TextDecoder().decode(body)));
}
