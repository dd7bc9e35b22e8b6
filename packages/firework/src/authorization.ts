import type { Authorization, Http } from '@sluice/core/adapter';
import * as z from 'zod';
import type { ParsedSettings } from './settings.js';

const tokenSchema = z.object({
  access_token: z.string().regex(/^[\x21-\x7e]+$/, 'is no token'),
  /** Seconds. */
  expires_in: z.coerce.number().positive().optional().catch(undefined),
});

/** Asks for a token by client credentials (Firework, Authentication page; RFC 6749, section 4.4). */
export async function fetchToken(http: Http, settings: ParsedSettings): Promise<Authorization> {
  const { clientId, clientSecret, auth, scopes } = settings;
  const basic = auth === 'basic';
  const answer = await http.call({
    method: 'POST',
    path: '/oauth/token',
    form: {
      grant_type: 'client_credentials',
      ...(!basic && { client_id: clientId, client_secret: clientSecret }),
      ...(scopes.length > 0 && { scope: scopes.join(' ') }),
    },
    ...(basic && { headers: { authorization: `Basic ${btoa(`${formText(clientId)}:${formText(clientSecret)}`)}` } }),
    effect: 'repeatable',
  });
  const token = answer.parse(tokenSchema);
  return {
    headers: { authorization: `Bearer ${token.access_token}` },
    ...(token.expires_in !== undefined && { lastsMs: token.expires_in * 1_000 }),
  };
}

/** Both halves are form-encoded before they are joined (RFC 6749, section 2.3.1). */
function formText(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice(1);
}
