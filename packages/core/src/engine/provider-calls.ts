import type { CallsContext } from '../model/adapter.js';
import { SluiceError } from '../model/error.js';
import { createHttp } from '../wire/http.js';
import type { Engine } from './engine.js';
import { findProvider } from './providers.js';

/** An adapter's helpers. They belong to no job: no lease, no limits, and the caller's own error when they fail. */
export function providerCalls(engine: Engine, name: string, signal: AbortSignal): unknown {
  const provider = findProvider(engine.providers, name, undefined);
  const { members, secrets, timeoutMs } = provider;
  if (members.calls === undefined) {
    const message = `${name}: the adapter ${provider.adapter.name} has no helpers besides imports`;
    throw new SluiceError({ code: 'unsupported', message, provider: name });
  }
  const { clock, callFetch } = engine;
  const context: CallsContext = {
    http: createHttp({ provider: name, wire: members.wire, fetch: callFetch, clock, timeoutMs, secrets, signal }),
    now: () => clock.now(),
  };
  return members.calls(context);
}
