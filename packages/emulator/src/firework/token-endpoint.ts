import type { Endpoint } from './exchange.js';
import type { FireworkState } from './firework-state.js';

/** POST /oauth/token: client credentials, as a form. */
export function tokenEndpoint({ tokens }: FireworkState): Endpoint {
  return {
    method: 'POST',
    path: '/oauth/token',
    point: 'token',
    answer: ({ authorization, body }) =>
      tokens.issue({ authorization, parameters: new URLSearchParams(typeof body === 'string' ? body : '') }),
  };
}
