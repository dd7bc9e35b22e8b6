import { sha256Hex } from '#platform';
import type { WebhookNotice } from '../model/adapter.js';
import { SluiceError, toSluiceError } from '../model/error.js';
import { canonicalJson, type JsonValue } from '../model/json.js';
import type { JobRecord } from '../model/record.js';
import { redactText, redactValue } from '../model/redact.js';
import type { Message } from '../store/contract.js';
import { jobSecrets } from '../store/secrets.js';
import { readAtMost } from '../wire/body.js';
import { isCallbackToken, readCallbackPath } from './callback.js';
import type { Driver } from './driver.js';
import type { Engine } from './engine.js';
import type { Provider } from './providers.js';
import { textDigest } from './text-digest.js';

/** A delivery is short; more than this is none. Bytes. */
const longestBody = 1024 * 1024;

/** Answered to whoever sent a delivery. */
export interface Received {
  status: number;
  message: string;
}

/** A delivery as it is read: for whom, by whose proof. */
interface Delivery {
  provider: Provider;
  request: Request;
  /** The job whose own callback URL it came to, its token verified. */
  record: JobRecord | undefined;
  body: Uint8Array<ArrayBuffer>;
}

/** Verifies a delivery, keeps it for its job, and has a look. */
export async function receiveWebhook(
  engine: Engine,
  driver: Driver,
  { provider: name, request }: { provider: string; request: Request },
): Promise<Received> {
  driver.assertOpen();
  const provider = engine.providers.get(name);
  if (provider?.members.webhook === undefined) return { status: 404, message: 'no such receiver' };
  const addressed = await addressedJob(engine, provider, request);
  if (addressed === 'stranger') return refuse(engine, provider, strangerError());
  const body = await readAtMost(request.body, longestBody);
  if (body === undefined) return { status: 413, message: `a delivery has at most ${longestBody} bytes` };
  const delivery: Delivery = { provider, request, record: addressed, body };
  let message: Message;
  try {
    message = await messageOf(delivery, await read(engine, delivery), engine.clock.now());
  } catch (thrown) {
    return refuse(engine, provider, toSluiceError(thrown));
  }
  const fresh = await engine.store.post(message);
  const job = fresh ? await receiver(engine, message) : undefined;
  if (job !== undefined) {
    // The sender has nothing to do with how the look ends.
    await driver.step(job, { early: true, signal: request.signal }).catch(() => undefined);
  }
  return { status: 200, message: fresh ? 'kept' : 'known' };
}

/** The job whose callback URL the request came to; undefined for the provider's common URL. */
async function addressedJob(
  engine: Engine,
  provider: Provider,
  request: Request,
): Promise<JobRecord | 'stranger' | undefined> {
  const path = readCallbackPath(new URL(request.url).pathname);
  if (path === undefined) return undefined;
  const record = await engine.store.read(path.job);
  if (record?.provider !== provider.name || !(await isCallbackToken(record, path.token))) return 'stranger';
  return record;
}

function strangerError(): SluiceError {
  return new SluiceError({ code: 'auth', message: 'the callback names no job with such a token' });
}

function read(engine: Engine, { provider, request, record, body }: Delivery): Promise<WebhookNotice> {
  const { webhook } = provider.members;
  if (webhook === undefined) throw new Error(`${provider.name} reads no deliveries`);
  const { method, url, headers } = request;
  return webhook({
    method,
    query: Object.fromEntries(new URL(url).searchParams),
    ...(record !== undefined && { job: record.id }),
    headers: Object.fromEntries(headers),
    body,
    now: engine.clock.now(),
  });
}

/** The same delivery again makes the same message, which counts once. */
async function messageOf(delivery: Delivery, notice: WebhookNotice, at: number): Promise<Message> {
  const { provider, request, record, body } = delivery;
  const { event, ref, evidence } = notice;
  if (record === undefined && ref === undefined) {
    throw new SluiceError({ code: 'protocol', message: 'the delivery names no job' });
  }
  const to = record === undefined ? { provider: provider.name, ref: canonicalJson(ref ?? null) } : { job: record.id };
  const content = `${canonicalJson(to)} ${event} ${new URL(request.url).search} ${await sha256Hex(body)}`;
  const id = `webhook_${await textDigest(content)}`;
  const secrets = record === undefined ? provider.secrets : jobSecrets(provider, record);
  const kept: JsonValue = { event, ...(evidence !== undefined && { evidence: redactValue(evidence, secrets) }) };
  return { id, to, kind: 'look', body: kept, at };
}

async function receiver(engine: Engine, { to }: Message): Promise<string | undefined> {
  return 'job' in to ? to.job : (await engine.store.readByRef(to.provider, to.ref))?.id;
}

/** What cannot be verified or read is the sender's fault, whatever the adapter made of it. */
function refuse(engine: Engine, provider: Provider, error: SluiceError): Received {
  const message = redactText(error.message, provider.secrets);
  engine.log?.({ level: 'warn', message: `webhook of ${provider.name} refused: ${message}` });
  return { status: error.code === 'auth' ? 401 : 400, message };
}
