import type { ClientRequest } from 'node:http';

/** So often within the time it is looked whether anything moves. */
const looks = 4;

/**
 * Tells when nothing has moved on a request's socket for so long, a quarter more at most. The time-out of a socket alone does not: while a
 * long write is under way, it first lets one whole time go by to see that the queue has not grown shorter, and then one more.
 */
export class IdleWatch {
  /** Milliseconds without a byte, as far as they were counted. */
  #idle = 0;
  #lookedAt = Number.NEGATIVE_INFINITY;

  /** @param idleTimeoutMs counted from the beginning, also while the connection is made */
  constructor(request: ClientRequest, idleTimeoutMs: number, onStalled: () => void) {
    const everyMs = idleTimeoutMs / looks;
    request.once('socket', (socket) => {
      const onStill = () => {
        const now = performance.now();
        // Longer after the last time than one look: something moved in between.
        this.#idle = now - this.#lookedAt < everyMs * 1.5 ? this.#idle + everyMs : everyMs;
        this.#lookedAt = now;
        if (this.#idle >= idleTimeoutMs) onStalled();
        else socket.setTimeout(everyMs);
      };
      socket.setTimeout(everyMs).on('timeout', onStill);
      // It may be used again, by somebody with another patience.
      request.once('close', () => socket.setTimeout(0).off('timeout', onStill));
    });
  }

  /** A write was taken. */
  moved(): void {
    this.#lookedAt = Number.NEGATIVE_INFINITY;
  }
}
