import { SluiceError, toSluiceError } from '../../model/error.js';
import type { Step } from '../step.js';

/** How often a step that moves bytes looks whether somebody wants something of it, in milliseconds. */
const lookEveryMs = 2_000;

/**
 * Runs long work that saves nothing itself: meanwhile the record is saved now and then, which tells whether a message came. Then the work is
 * stopped, since the message may be a cancel; whatever it was, the next step finds what has arrived and goes on from there.
 */
export async function whileHeard<T>(step: Step, work: () => Promise<T>): Promise<T> {
  const { clock, bus } = step.engine;
  let looking: Promise<void> | undefined;
  let callOff = () => {};
  const look = () => {
    looking ??= lookOnce(step).finally(() => {
      looking = undefined;
    });
  };
  const lookLater = () => {
    callOff = clock.after(lookEveryMs, () => {
      look();
      lookLater();
    });
  };
  lookLater();
  const stopListening = bus.listen(step.record.id, ({ kind }) => {
    if (kind === 'message') look();
  });
  try {
    return await work();
  } finally {
    stopListening();
    callOff();
    await looking;
  }
}

/** A store that cannot be reached now is asked again. */
async function lookOnce(step: Step): Promise<void> {
  try {
    const saved = await step.save(step.record);
    if (saved.outcome === 'saved' && saved.pending) step.signals.interrupt(wanted());
  } catch (error) {
    step.engine.log?.({ level: 'warn', message: step.redact(toSluiceError(error).message) });
  }
}

function wanted(): SluiceError {
  return new SluiceError({ code: 'aborted', message: 'somebody wants something of this job' });
}
