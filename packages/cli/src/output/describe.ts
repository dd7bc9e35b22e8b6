import type { ImportSnapshot } from '@sluice/core';
import { formatDuration } from './format.js';
import { printable } from './text.js';

/** True before the provider has it: it waits for its turn. */
export function isWaiting({ state, phase }: ImportSnapshot): boolean {
  return state === 'queued' && phase === 'prepare';
}

/** What is happening to a job, in a few words: what it waits for and why, else its phase and the provider's own word. */
export function describeActivity(snapshot: ImportSnapshot, now: number): string {
  const waiting = snapshot.waitingFor;
  if (waiting === undefined) return describePhase(snapshot);
  const left = waiting.until === undefined ? undefined : formatDuration(waiting.until - now);
  switch (waiting.what) {
    case 'slot':
      return 'waiting for a free place at the provider';
    case 'window':
      return `waiting for the provider's rate limit${left === undefined ? '' : `, ${left} left`}`;
    case 'provider':
      return `waiting for the provider: ${printable(waiting.why ?? 'it is not ready for this')}`;
    case 'retry':
      return `trying again${left === undefined ? '' : ` in ${left}`}${waiting.error === undefined ? '' : `: ${printable(waiting.error.message)}`}`;
  }
}

function describePhase({ state, phase, rawState, unmapped }: ImportSnapshot): string {
  if (state === 'completed' || state === 'failed' || state === 'canceled') return state;
  if (phase === 'prepare') return state === 'queued' ? 'queued here' : 'preparing';
  if (phase === 'transfer') return 'sending';
  if (phase === 'verify') return 'checking what arrived';
  const word = rawState === undefined ? state : printable(rawState);
  return `provider: ${word}${unmapped === true ? ' (a word this adapter does not know)' : ''}`;
}
