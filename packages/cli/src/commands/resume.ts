import { type Sluice, SluiceError } from '@sluice/core';
import { type Follower, follow } from '../follow.js';
import type { CommonOptions, WaitingOptions } from '../request/request-options.js';
import { withSluice } from '../session.js';

/** `sluice resume`: carries on every job that is not over. */
export async function resumeCommand(options: CommonOptions & WaitingOptions): Promise<number> {
  return withSluice(options, (sluice) => follow(options, (follower) => addAll(sluice, follower)));
}

/** However many there are, memory is by what is followed. */
const followedAtOnce = 1_000;

async function addAll(sluice: Sluice, follower: Follower): Promise<void> {
  let found = 0;
  for await (const { id } of sluice.jobs({ states: ['queued', 'running'] })) {
    found += 1;
    try {
      await follower.room(followedAtOnce);
      if (follower.interrupted) return;
      void follower.add(await sluice.job(id));
    } catch (error) {
      // One job that cannot be followed must not hold up the others.
      if (!SluiceError.is(error)) throw error;
      follower.refuse(`${id}: ${error.message}`);
    }
  }
  if (found === 0) follower.note('nothing to resume: every job is over');
}
