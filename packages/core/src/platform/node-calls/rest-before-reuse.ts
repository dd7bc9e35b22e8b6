import type { Agent } from 'node:http';
import type { Socket } from 'node:net';

/** A server that closes a connection without a word does so right after its answer. Milliseconds. */
const restMs = 2;

/**
 * Keeps a connection back for a moment after each answer. Node's agent gives it to the next call at once: where a server closes
 * after every answer, that call goes into a connection that is being closed, and if it counts it is in doubt.
 */
export function restBeforeReuse(agent: Agent): void {
  const takers = agent.listeners('free');
  agent.removeAllListeners('free');
  agent.on('free', (...connection) => {
    setTimeout(() => {
      for (const take of takers) Reflect.apply(take, agent, connection);
    }, restMs);
  });
}

/** What becomes of a new connection while no call uses it: its errors are nobody's, and one that the server ended is not used again. */
export function mindAtRest(socket: Socket): void {
  const drop = () => socket.destroy();
  socket.on('error', drop);
  socket.once('end', drop);
}
