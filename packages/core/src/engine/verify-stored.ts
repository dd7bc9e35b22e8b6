import type { ProviderSnapshot } from '../model/adapter.js';
import { SluiceError } from '../model/error.js';
import type { ReportedItem, StoredPlace } from '../model/item.js';
import type { JobRecord, Warning } from '../model/record.js';
import { isTransient } from '../wire/failure.js';
import type { Step } from './step.js';
import { failed, warned } from './transitions.js';

type Succeeded = Extract<ReportedItem, { ok: true }>;

/**
 * Asks the user's own bucket whether what the provider says to have put there is there, with its size; only where the request wants that.
 * @throws SluiceError where the bucket may tell later
 */
export async function verifyStored(
  step: Step,
  seen: JobRecord,
  { items = [] }: Pick<ProviderSnapshot, 'items'>,
): Promise<JobRecord> {
  if (seen.state !== 'completed' || step.record.request?.verify !== true) return seen;
  const warnings: Warning[] = [];
  for (const item of items) {
    if (!item.ok) continue;
    const found = await lookAt(step, item);
    // The request is kept, so that it can be tried again.
    if ('wrong' in found)
      return failed({ ...seen, items: [], request: step.record.request }, found.wrong.toJSON(), step.now);
    if (found.why !== undefined) warnings.push({ code: 'not-verified', message: found.why });
  }
  return warned(seen, warnings);
}

async function lookAt(step: Step, { stored, asset }: Succeeded): Promise<{ why?: string } | { wrong: SluiceError }> {
  const { engine, provider } = step;
  if (stored === undefined) {
    return { why: `${provider.name} names no place in a bucket, so nothing could be verified there` };
  }
  const url = objectUrl(stored);
  const { protocol, host } = new URL(url);
  const [place, origin] = [`${protocol}//${host}/${stored.bucket}/${stored.key}`, `${protocol}//${host}`];
  if (!engine.sources.canOpen('s3')) {
    return { why: `${place} could not be verified: install @sluice/s3 and name it under "sources"` };
  }
  if (engine.sources.withCredentials(url) === url) {
    return {
      why: `${place} could not be verified: there are no credentials for ${origin}; name them under "credentials"`,
    };
  }
  try {
    const { size } = await engine.sources.look(url, { signal: step.signals.stop.signal });
    if (size === undefined || asset.size === undefined || size === asset.size) return {};
    return { wrong: integrity(step, `${place} has ${size} bytes, and ${provider.name} said ${asset.size}`) };
  } catch (thrown) {
    if (!SluiceError.is(thrown) || thrown.code === 'aborted' || isTransient(thrown)) throw thrown;
    if (thrown.status === 404)
      return { wrong: integrity(step, `${place} is not there, though ${provider.name} says so`) };
    return { why: `${place} could not be verified: ${thrown.message}` };
  }
}

/** The bucket may stand in the host's name or in the path. */
function objectUrl({ url, bucket, key }: StoredPlace): string {
  const { host } = new URL(url);
  const endpoint = host.startsWith(`${bucket}.`) ? host.slice(bucket.length + 1) : host;
  return `s3://${endpoint}/${encodeURIComponent(bucket)}/${key.split('/').map(encodeURIComponent).join('/')}`;
}

function integrity({ provider }: Step, message: string): SluiceError {
  return new SluiceError({ code: 'integrity', message: `${provider.name}: ${message}`, provider: provider.name });
}
