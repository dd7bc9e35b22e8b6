import type { AdapterContext, ProbeResult, ProbeStep } from '../model/adapter.js';
import { SluiceError } from '../model/error.js';
import { slotsName, type WindowHit } from '../store/contract.js';
import { jobSecrets } from '../store/secrets.js';
import { createHttp } from '../wire/http.js';
import { adapterRequest } from './adapter-request.js';
import type { Engine } from './engine.js';
import { newId } from './ids.js';
import type { Intake } from './intake.js';
import { type CallKind, windowHit } from './limits.js';

/** A probe takes so long at most, in milliseconds. */
const longestMs = 10 * 60_000;

/** Asks the provider what it would import, within its limits for that. Undefined where the adapter cannot. */
export async function probeSource(
  engine: Engine,
  intake: Intake,
  signal: AbortSignal,
): Promise<ProbeResult | undefined> {
  const { provider, record } = intake;
  const { probe } = provider.members;
  if (probe === undefined) return undefined;
  const holder = newId('probe', engine.clock.now());
  const slots = slotsName(provider.name, `${record.lane}/probes`);
  const request = adapterRequest(record, provider, engine.sources);
  const call = async (kind: CallKind, run: (context: AdapterContext) => Promise<ProbeStep>) => {
    const hit = await admitted(engine, intake, { holder, slots, kind, signal });
    try {
      return await run(probeContext(engine, intake, signal));
    } finally {
      if (hit !== undefined) await engine.store.settle([{ ...hit, at: engine.clock.now() }]);
    }
  };
  try {
    let step = await call('probes', (context) => probe.start(request, context));
    const giveUpAt = engine.clock.now() + longestMs;
    while (!('result' in step)) {
      const { ref, againMs } = step;
      if (engine.clock.now() + againMs > giveUpAt) {
        throw new SluiceError({
          code: 'timeout',
          message: `${provider.name}: the probe did not end within ${longestMs / 60_000} min`,
        });
      }
      await engine.clock.sleep(againMs, signal);
      // A look at a probe counts among the provider's looks, not among its probes.
      step = await call('statuses', (context) => probe.status(ref, context));
    }
    return step.result;
  } finally {
    await engine.store.free(slots, holder);
  }
}

async function admitted(
  engine: Engine,
  { provider, record }: Intake,
  wish: { holder: string; slots: string; kind: CallKind; signal: AbortSignal },
): Promise<WindowHit | undefined> {
  const pollMs = 500;
  for (;;) {
    const now = engine.clock.now();
    const hit = windowHit(provider, { lane: record.lane, kind: wish.kind, now });
    const max = provider.limits.probesAtOnce;
    const { holder, slots } = wish;
    const taken = await engine.store.admit(
      {
        ...(wish.kind === 'probes' && max !== undefined && { slot: { slots, holder, max, until: now + longestMs } }),
        ...(hit !== undefined && { hits: [hit] }),
      },
      now,
    );
    if (taken.admitted) return hit;
    await engine.clock.sleep(Math.max(1, (taken.until ?? now + pollMs) - now), wish.signal);
  }
}

function probeContext(engine: Engine, { provider, record }: Intake, signal: AbortSignal): AdapterContext {
  return {
    http: createHttp({
      provider: provider.name,
      wire: provider.members.wire,
      fetch: engine.callFetch,
      clock: engine.clock,
      timeoutMs: provider.timeoutMs,
      secrets: jobSecrets(provider, record),
      signal,
    }),
    signal,
    key: `${record.id}-probe`,
    now: () => engine.clock.now(),
    log: () => undefined,
  };
}
