import { Stop, type StopSignal } from './stop.js';

interface Subscribers {
  callbacks: Set<() => void>;
  fire: () => void;
}

/** By signal. Each has one listener of ours, however many want to know: platforms take many listeners on one signal for a leak. */
const subscribers = new WeakMap<AbortSignal, Subscribers>();

/**
 * Calls back when the signal fires, or at once when it has.
 * @returns what ends the subscription
 */
export function onAbort(signal: StopSignal | undefined, callback: () => void): () => void {
  if (signal === undefined) return () => undefined;
  if (signal.aborted) {
    callback();
    return () => undefined;
  }
  if (signal instanceof Stop) return signal.listen(callback);
  const { callbacks, fire } = subscribers.get(signal) ?? subscribe(signal);
  callbacks.add(callback);
  return () => {
    if (!callbacks.delete(callback) || callbacks.size > 0) return;
    signal.removeEventListener('abort', fire);
    subscribers.delete(signal);
  };
}

function subscribe(signal: AbortSignal): Subscribers {
  const callbacks = new Set<() => void>();
  const fire = () => {
    for (const callback of [...callbacks]) callback();
  };
  const added = { callbacks, fire };
  subscribers.set(signal, added);
  signal.addEventListener('abort', fire, { once: true });
  return added;
}
