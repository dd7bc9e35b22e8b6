import type { Sluice } from '@sluice/core';
import { Hono } from 'hono';
import type { ServeLog } from './log.js';

/** Answers `/health`, and hands everything else to the client's handler. */
export function createServeApp(sluice: Sluice, { basePath, log }: { basePath: string; log: ServeLog }): Hono {
  const handler = sluice.handler({ basePath });
  const app = new Hono();
  app.get('/health', (context) => context.json({ status: 'ok' }));
  // A look at it is no delivery.
  app.all('/health', (context) => context.text('only GET and HEAD\n', 405, { allow: 'GET, HEAD' }));
  app.all('*', async (context) => {
    const request = context.req.raw;
    const began = performance.now();
    const response = await handler(request);
    const message = (await response.clone().text()).trim();
    log.delivered({
      method: request.method,
      path: shownPath(new URL(request.url).pathname),
      status: response.status,
      message,
      tookMs: Math.round(performance.now() - began),
    });
    return response;
  });
  app.onError((error, context) => {
    log.noted({ level: 'warn', message: `a delivery could not be taken: ${error.message}` });
    // The sender tries again.
    return context.text('not now\n', 503);
  });
  return app;
}

/** The token of a job's callback URL is a secret, also when it is wrong; a path that is none of ours is nobody's business. */
function shownPath(pathname: string): string {
  return pathname.replace(/(\/job_[0-9a-z]+)\/.*$/, '$1/…').slice(0, 200);
}
