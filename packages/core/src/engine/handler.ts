import type { Driver } from './driver.js';
import type { Engine } from './engine.js';
import { receiveWebhook } from './webhook.js';

/** Where {@link Sluice.handler} is mounted. */
export interface HandlerOptions {
  /** What stands before the provider's name in the path of a delivery, such as `/webhooks`. Default: nothing. */
  basePath?: string;
}

const methods = ['POST', 'GET'];

/** Answers deliveries at `{basePath}/PROVIDER` and `{basePath}/PROVIDER/JOB/TOKEN`, and nothing else. */
export function createHandler(
  engine: Engine,
  driver: Driver,
  { basePath = '' }: HandlerOptions,
): (request: Request) => Promise<Response> {
  const base = segmentsOf(basePath);
  return async (request) => {
    const provider = providerIn(segmentsOf(new URL(request.url).pathname), base);
    if (provider === undefined) return answer(404, 'no such receiver');
    if (!methods.includes(request.method)) {
      return answer(405, `deliveries come by ${methods.join(' or ')}`, { allow: methods.join(', ') });
    }
    const { status, message } = await receiveWebhook(engine, driver, { provider, request });
    return answer(status, message);
  };
}

/** The provider's name; undefined for a path that is neither its common URL nor a job's own. */
function providerIn(path: string[], base: string[]): string | undefined {
  if (base.some((segment, index) => path[index] !== segment)) return undefined;
  const [provider, ...rest] = path.slice(base.length);
  return rest.length === 0 || rest.length === 2 ? provider : undefined;
}

function segmentsOf(path: string): string[] {
  return path
    .split('/')
    .filter((segment) => segment !== '')
    .map(decoded);
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function answer(status: number, message: string, headers: Record<string, string> = {}): Response {
  return new Response(`${message}\n`, { status, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers } });
}
