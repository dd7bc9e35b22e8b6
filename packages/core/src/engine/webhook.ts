import type { WebhookNotice } from '../model/adapter.js';
import { SluiceError, toSluiceError } from '../model/error.js';
import { canonicalJson } from '../model/json.js';
import { redactText } from '../model/redact.js';
import { readAtMost } from '../wire/body.js';
import type { Driver } from './driver.js';
import type { Engine } from './engine.js';
import { sha256Hex } from './identity.js';
import type { Provider } from './providers.js';

/** A delivery is short; more than this is none. Bytes. */
const longestBody = 1024 * 1024;

/** Verifies a delivery, keeps it for its job, and has a look. */
export async function receiveWebhook(
  engine: Engine,
  driver: Driver,
  delivery: { provider: string; request: Request },
): Promise<{ status: number; message: string }> {
  driver.assertOpen();
  const provider = engine.providers.get(delivery.provider);
  const { webhook } = provider?.members ?? {};
  if (provider === undefined || webhook === undefined) return { status: 404, message: 'no such receiver' };
  const body = await readAtMost(delivery.request.body, longestBody);
  if (body === undefined) return { status: 413, message: `a delivery has at most ${longestBody} bytes` };
  const now = engine.clock.now();
  let notice: WebhookNotice;
  try {
    const { method, url, headers } = delivery.request;
    const query = Object.fromEntries(new URL(url).searchParams);
    notice = await webhook({ method, query, headers: Object.fromEntries(headers), body, now });
    if (notice.ref === undefined) throw new SluiceError({ code: 'protocol', message: 'the delivery names no job' });
  } catch (thrown) {
    return refuse(engine, provider, toSluiceError(thrown));
  }
  const { event } = notice;
  const to = { provider: provider.name, ref: canonicalJson(notice.ref ?? null) };
  const id = `webhook_${await sha256Hex(new TextEncoder().encode(`${to.provider} ${to.ref} ${event} ${await sha256Hex(body)}`))}`;
  const fresh = await engine.store.post({ id, to, kind: 'look', body: { event }, at: now });
  const job = fresh ? await engine.store.readByRef(to.provider, to.ref) : undefined;
  if (job !== undefined) {
    // The sender has nothing to do with how the look ends.
    await driver.step(job.id, { early: true, signal: delivery.request.signal }).catch(() => undefined);
  }
  return { status: 200, message: fresh ? 'kept' : 'known' };
}

/** What cannot be verified or read is the sender's fault, whatever the adapter made of it. */
function refuse(engine: Engine, provider: Provider, error: SluiceError): { status: number; message: string } {
  const message = redactText(error.message, provider.secrets);
  engine.log?.({ level: 'warn', message: `webhook of ${provider.name} refused: ${message}` });
  return { status: error.code === 'auth' ? 401 : 400, message };
}
