import { type Http, renewable } from '../../../src/adapter.js';
import { behaving, fetchToken } from '../acme.js';
import type { Broken } from './breaking.js';

function authorizing(authorize: () => NonNullable<ReturnType<typeof renewable>>) {
  return behaving(({ wire }) => ({ wire: { ...wire, authorize: authorize() } }));
}

function keeping(): ReturnType<typeof renewable> {
  let kept: Promise<Record<string, string>> | undefined;
  return ({ http }) => {
    kept ??= headersOf(http);
    return kept;
  };
}

async function headersOf(http: Http): Promise<Record<string, string>> {
  return (await fetchToken(http)).headers;
}

export const brokenAuthorizations: Broken = {
  'fetches an authorization once, and every call carries it': {
    'fetches one for every call': authorizing(
      () =>
        ({ http }) =>
          headersOf(http),
    ),
    'fetches one by a call that counts': authorizing(() =>
      renewable((http) => fetchToken({ call: (call) => http.call({ ...call, effect: 'once' }) })),
    ),
    'fetches one and leaves it out': authorizing(() =>
      renewable(async (http) => ({ ...(await fetchToken(http)), headers: {} })),
    ),
  },
  'fetches an authorization anew when it was refused': { 'keeps what was refused': authorizing(keeping) },
};
