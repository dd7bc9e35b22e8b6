import { exitCode } from '../exit-code.js';
import type { CommonOptions } from '../request/request-options.js';
import { withSluice } from '../session.js';

/** What `sluice gc` takes. */
export interface GcOptions extends CommonOptions {
  /** Milliseconds. */
  olderThan: number;
}

/** `sluice gc`: takes away what was left behind and nobody will ask for. */
export async function gcCommand(options: GcOptions): Promise<number> {
  return withSluice(options, async (sluice) => {
    const { messages, parts } = await sluice.sweep(Date.now() - options.olderThan);
    const line =
      options.json === true
        ? JSON.stringify({ type: 'gc', messages, parts })
        : `${messages} deliveries without a job or read long ago, ${parts} parts of uploads that are over: forgotten`;
    process.stdout.write(`${line}\n`);
    return exitCode.completed;
  });
}
