import { SluiceError } from '../model/error.js';
import { canonicalJson } from '../model/json.js';
import type { Driver } from './driver.js';
import type { Engine } from './engine.js';
import { sha256Hex } from './identity.js';

/** A delivery is short; more than this is none. Bytes. */
const longestBody = 1024 * 1024;

/** Verifies a delivery, keeps it for its job, and has a look. */
export async function receiveWebhook(
  engine: Engine,
  driver: Driver,
  delivery: { provider: string; request: Request },
): Promise<{ status: number; message: string }> {
  const provider = engine.providers.get(delivery.provider);
  const { webhook } = provider?.members ?? {};
  if (provider === undefined || webhook === undefined) return { status: 404, message: 'no such receiver' };
  const body = await readBytes(delivery.request);
  if (body === undefined) return { status: 413, message: `a delivery has at most ${longestBody} bytes` };
  const now = engine.clock.now();
  try {
    const { ref, event } = await webhook({ headers: Object.fromEntries(delivery.request.headers), body, now });
    const to = { provider: provider.name, ref: canonicalJson(ref) };
    const id = `webhook_${await sha256Hex(new TextEncoder().encode(`${to.provider} ${to.ref} ${event} ${await sha256Hex(body)}`))}`;
    const fresh = await engine.store.post({ id, to, kind: 'look', body: { event }, at: now });
    const job = fresh ? await engine.store.readByRef(to.provider, to.ref) : undefined;
    // The sender has nothing to do with how the look ends.
    if (job !== undefined) await driver.step(job.id, delivery.request.signal).catch(() => undefined);
    return { status: 200, message: fresh ? 'kept' : 'known' };
  } catch (error) {
    if (!SluiceError.is(error)) throw error;
    engine.log({ level: 'warn', message: `webhook of ${provider.name} refused: ${error.message}` });
    return { status: error.code === 'auth' ? 401 : 400, message: error.message };
  }
}

async function readBytes(request: Request): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const declared = Number(request.headers.get('content-length') ?? 0);
  if (declared > longestBody) return undefined;
  const body = new Uint8Array(await request.arrayBuffer());
  return body.byteLength > longestBody ? undefined : body;
}
