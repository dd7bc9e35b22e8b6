import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { HurriedClock } from '../clock/clock.js';
import type { JsonAnswer } from '../faults/broken-answer.js';
import type { ResolvedFireworkSettings } from './settings.js';

/** What a bearer token opens. */
interface Grant {
  scopes: readonly string[];
  /** On the provider's clock. */
  expiresAt: number;
}

/** A token request, as far as it could be read. */
export interface TokenRequest {
  authorization: string | undefined;
  /** Of the form body. */
  parameters: URLSearchParams;
}

/** OAuth 2.0 client credentials (RFC 6749, section 4.4): the secret in the form body or as Basic, never both. */
export class Tokens {
  readonly #settings: ResolvedFireworkSettings;
  readonly #clock: HurriedClock;
  readonly #grants = new Map<string, Grant>();

  constructor(settings: ResolvedFireworkSettings, clock: HurriedClock) {
    this.#settings = settings;
    this.#clock = clock;
  }

  /** Answers a token request. */
  issue({ authorization, parameters }: TokenRequest): JsonAnswer {
    const grantType = parameters.get('grant_type');
    if (grantType === null) return oauthError(400, 'invalid_request', 'Missing required parameter: grant_type');
    const client = readClient(authorization, parameters);
    if (!this.#isClient(client)) return oauthError(401, 'invalid_client', 'Client authentication failed');
    if (grantType !== 'client_credentials') return oauthError(400, 'unsupported_grant_type', 'Only client_credentials');
    const asked = (parameters.get('scope') ?? '').split(' ').filter((scope) => scope !== '');
    if (!asked.every((scope) => this.#settings.scopes.includes(scope))) {
      return oauthError(400, 'invalid_scope', 'The requested scope is unknown or was not granted to this client');
    }
    const scopes = asked.length > 0 ? asked : this.#settings.scopes;
    const lifetimeMs = this.#settings.tokenLifetimeSeconds * 1000;
    const token = randomBytes(32).toString('base64url');
    this.#grants.set(token, { scopes, expiresAt: this.#clock.now() + lifetimeMs });
    // A client has no other clock than the real one.
    const expires_in = Math.floor(this.#clock.realMs(lifetimeMs) / 1000);
    const body = { access_token: token, token_type: 'Bearer', expires_in, scope: scopes.join(' ') };
    return { status: 200, headers: { 'cache-control': 'no-store' }, body };
  }

  /** What the Authorization header opens; undefined where it opens nothing, or nothing any more. */
  scopesOf(authorization: string | undefined): readonly string[] | undefined {
    const [, token = ''] = /^Bearer (\S+)$/i.exec(authorization ?? '') ?? [];
    const grant = this.#grants.get(token);
    return grant && this.#clock.now() < grant.expiresAt ? grant.scopes : undefined;
  }

  /** Ends every token at once, as a provider may. */
  revokeAll(): void {
    this.#grants.clear();
  }

  #isClient(client: { id: string; secret: string } | undefined): boolean {
    const { clientId, clientSecret } = this.#settings;
    return client !== undefined && client.id === clientId && isSame(client.secret, clientSecret);
  }
}

function readClient(authorization: string | undefined, parameters: URLSearchParams) {
  const [, basic] = /^Basic (\S+)$/i.exec(authorization ?? '') ?? [];
  const inBody = parameters.has('client_secret');
  if (basic !== undefined && inBody) return undefined;
  if (basic === undefined)
    return { id: parameters.get('client_id') ?? '', secret: parameters.get('client_secret') ?? '' };
  const [id = '', secret = ''] = Buffer.from(basic, 'base64').toString().split(/:(.*)/s);
  // Both are form-encoded before they are joined (RFC 6749, section 2.3.1).
  return { id: decodeForm(id), secret: decodeForm(secret) };
}

function decodeForm(text: string): string {
  return new URLSearchParams(`value=${text}`).get('value') ?? '';
}

function isSame(given: string, expected: string): boolean {
  return given.length === expected.length && timingSafeEqual(Buffer.from(given), Buffer.from(expected));
}

function oauthError(status: number, error: string, description: string): JsonAnswer {
  const headers: Record<string, string> = status === 401 ? { 'www-authenticate': 'Basic realm="firework"' } : {};
  return { status, headers, body: { error, error_description: description } };
}
