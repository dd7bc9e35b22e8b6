import type { JsonAnswer } from '../faults/broken-answer.js';
import { SlidingWindow } from '../server/sliding-window.js';
import { rateRefusal } from './answers.js';
import type { FireworkState } from './firework-state.js';

/** Takes a place in the channel's window ("20 videos per 5 minutes per channel"), or answers with the 429. */
export function takePlace(state: FireworkState, channelId: string): JsonAnswer | undefined {
  const { max, windowMs } = state.settings.limits.videos;
  const { clock } = state.rooms;
  const window = state.windows.get(channelId) ?? new SlidingWindow(windowMs);
  state.windows.set(channelId, window);
  const now = clock.now();
  if (window.count(now) < max) {
    window.add(now);
    return undefined;
  }
  state.ledger.count('refused429');
  const seconds = Math.max(1, Math.ceil(clock.realMs(window.resetAt(now) - now) / 1000));
  return rateRefusal(state.settings.retryAfter ? seconds : undefined);
}
