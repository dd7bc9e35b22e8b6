import type { LogEntry, Sluice } from '@sluice/core';
import { loadSluice } from '@sluice/core/node';
import { exitCode } from '../exit-code.js';
import { Interruption } from '../interruption.js';
import { styleOf } from '../output/style.js';
import type { CommonOptions } from '../request/request-options.js';
import { createServeApp } from '../serve/app.js';
import { listen } from '../serve/listen.js';
import { type ServeLog, serveLog } from '../serve/log.js';
import { openOptions } from '../session.js';

/** What `sluice serve` takes. */
export interface ServeOptions extends CommonOptions {
  port: number;
  host: string;
  basePath: string;
}

/** `sluice serve`: receives deliveries and works the store, until Ctrl-C or SIGTERM, which is its ordinary end. */
export async function serveCommand(options: ServeOptions): Promise<number> {
  const log = serveLog({ json: options.json === true, style: styleOf(process.stdout) });
  const { config } = options;
  const sluice = await loadSluice({
    ...openOptions,
    ...(config !== undefined && { config }),
    overrides: { log: (entry: LogEntry) => log.noted(entry) },
  });
  try {
    return await serve(sluice, log, options);
  } finally {
    await sluice.close();
  }
}

/** What is on its way when the signal comes is answered first; then the jobs are let go of, as they are. */
async function serve(sluice: Sluice, log: ServeLog, { port, host, basePath }: ServeOptions): Promise<number> {
  const interruption = new Interruption();
  try {
    const server = await listen(createServeApp(sluice, { basePath, log }), { port, host });
    log.ready({ url: server.url, basePath, receivers: receiversOf(sluice) });
    try {
      await sluice.run({ signal: interruption.signal });
    } finally {
      await server.close();
    }
    log.stopped();
    return exitCode.completed;
  } finally {
    interruption.end();
  }
}

function receiversOf(sluice: Sluice): string[] {
  return sluice.providers().flatMap(({ name, capabilities }) => (capabilities.webhook === 'none' ? [] : [name]));
}
