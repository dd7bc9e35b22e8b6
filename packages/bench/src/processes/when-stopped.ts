import { once } from 'node:events';

/** What a workload that serves others does after it was stopped: it says a last word, if it has one, and ends. */
export function whenStopped(end: () => Promise<unknown>): void {
  process.stdin.resume();
  void once(process.stdin, 'end').then(async () => {
    process.stdout.write(`${JSON.stringify((await end()) ?? null)}\n`);
  });
}
