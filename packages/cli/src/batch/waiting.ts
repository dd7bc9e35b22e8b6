import type { BatchStatus, ImportSnapshot } from '@sluice/core';
import { isWaiting } from '../output/describe.js';

/** What the rows in hand do, counted. */
export interface Activity {
  /** On their way to the provider: their bytes, or their starts. */
  moving: number;
  /** At the provider. */
  atProvider: number;
  /** For a place or a window of the provider. */
  limit: number;
  /** The provider answers with errors. */
  provider: number;
  /** No connection. */
  network: number;
  /** For those before them. */
  turn: number;
  /** The earliest moment at which a window opens. Epoch milliseconds. */
  limitUntil: number | undefined;
}

/** Counts what the rows in hand wait for. */
export function activityOf({ inHand, parked }: Pick<BatchStatus, 'inHand' | 'parked'>): Activity {
  const activity: Activity = {
    ...{ moving: 0, atProvider: 0, limit: 0, provider: 0, network: 0, turn: parked },
    limitUntil: undefined,
  };
  for (const snapshot of inHand) {
    activity[whatOf(snapshot)] += 1;
    const { waitingFor } = snapshot;
    if (waitingFor?.what === 'window' && waitingFor.until !== undefined) {
      activity.limitUntil = Math.min(activity.limitUntil ?? waitingFor.until, waitingFor.until);
    }
  }
  return activity;
}

function whatOf(snapshot: ImportSnapshot): Exclude<keyof Activity, 'limitUntil'> {
  const { waitingFor, phase, rawState } = snapshot;
  if (waitingFor === undefined) {
    if (isWaiting(snapshot)) return 'turn';
    // Without a word from the provider it is on its way there.
    return phase === 'transfer' || rawState === undefined ? 'moving' : 'atProvider';
  }
  if (waitingFor.what !== 'retry') return 'limit';
  // An answer has a status; a connection that was never made, or broke, has none.
  return waitingFor.error?.status === undefined ? 'network' : 'provider';
}

/** The same in words, what is most important first. */
export function describeWaiting(activity: Activity, down: BatchStatus['down'], now: number): string[] {
  const { limit, provider, network, turn, limitUntil } = activity;
  const until = limitUntil === undefined ? '' : ` (next in ${Math.max(0, Math.ceil((limitUntil - now) / 1_000))} s)`;
  return [
    ...down.map(
      (one) =>
        `${one.provider} does not answer, tried again in ${Math.max(0, Math.ceil((one.probeAt - now) / 1_000))} s`,
    ),
    ...(limit > 0 ? [`${limit} for a limit${until}`] : []),
    ...(provider > 0 ? [`${provider} for a provider that refuses`] : []),
    ...(network > 0 ? [`${network} for the network`] : []),
    ...(turn > 0 ? [`${turn} for their turn`] : []),
  ];
}
