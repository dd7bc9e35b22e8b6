import type { ImportSnapshot } from '@sluice/core';

/** Nothing stands between it and the provider but the time that its bytes and the start take. */
export function isBeingSent({ state, rawState, waitingFor }: ImportSnapshot): boolean {
  return (state === 'queued' || state === 'running') && rawState === undefined && waitingFor === undefined;
}

/** Its start was sent, or is about to be, and nothing came back yet. */
export function isBeingAnswered(snapshot: ImportSnapshot): boolean {
  return snapshot.phase === 'provider' && isBeingSent(snapshot);
}
