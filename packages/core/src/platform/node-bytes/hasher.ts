import { createHash } from 'node:crypto';
import { Worker } from 'node:worker_threads';

/** Bytes in shared memory: another thread sees the same ones. */
export type Shared = Uint8Array<SharedArrayBuffer>;

/** Takes a sha-256 of stretches in the order in which they are given. */
export interface Hasher {
  /** Resolves when the memory may be used for something else. */
  update(stretch: Shared): Promise<void>;
  /** Lower-case hex of all stretches. */
  digest(): Promise<string>;
  close(): Promise<void>;
}

/** For little: a thread of its own would take longer to start. */
export function inThreadHasher(): Hasher {
  const hash = createHash('sha256');
  return {
    update: async (stretch) => {
      hash.update(stretch);
    },
    digest: async () => hash.digest('hex'),
    close: async () => undefined,
  };
}

/**
 * On a thread of its own, so that hashing takes nothing from sending.
 * @param program the thread's
 */
export function workerHasher(program = new URL('./hash-worker.js', import.meta.url)): Hasher {
  const worker = new Worker(program);
  const waiting: { resolve: (answer: unknown) => void; reject: (error: unknown) => void }[] = [];
  let broken: { error: unknown } | undefined;
  let closing = false;
  const ended = new Promise<void>((resolve) => {
    worker.once('exit', () => resolve());
  });
  worker.on('message', (answer: unknown) => {
    waiting.shift()?.resolve(answer);
    if (waiting.length === 0 && !closing) worker.unref();
  });
  worker.on('error', (error) => {
    // It answers nothing any more.
    broken = { error };
    for (const one of waiting.splice(0)) one.reject(error);
  });
  worker.unref();
  const ask = (message: Shared | 'digest') =>
    new Promise<unknown>((resolve, reject) => {
      if (broken !== undefined) return reject(broken.error);
      waiting.push({ resolve, reject });
      worker.ref();
      worker.postMessage(message);
    });
  return {
    update: async (stretch) => {
      await ask(stretch);
    },
    digest: async () => String(await ask('digest')),
    // Not terminated: a thread that is just loading its program would leave that file open for ever.
    close: () => {
      closing = true;
      worker.ref();
      worker.postMessage('close');
      return ended;
    },
  };
}
