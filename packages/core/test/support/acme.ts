import * as z from 'zod';
import {
  type AdapterMembers,
  type Capabilities,
  defineAdapter,
  type JsonValue,
  type ProviderSnapshot,
  type Recovered,
  type Scheme,
  SluiceError,
  type Started,
} from '../../src/adapter.js';

/** What a test makes of the provider: members to replace, capabilities to change. */
export interface AcmeScript {
  members?: Partial<AdapterMembers<AcmeOptions>>;
  capabilities?: Partial<Capabilities>;
  /** It takes nothing but what its capabilities say. */
  bare?: boolean;
  pollIntervalMs?: number;
}

declare module '@sluice/core/adapter' {
  interface AdapterOptions {
    nova?: { folder?: string; webhookUrl?: string };
  }
}

const usualSchemes: Scheme[] = ['http', 'https', 'ftp'];
const options = z.object({ folder: z.string().optional(), webhookUrl: z.string().optional() });
type AcmeOptions = z.output<typeof options>;

/** The adapter `nova`, which tests configure as the provider `acme`, as a test scripts it; without a script every job starts at once and is completed at the first look. */
export function acmeAdapter(script: AcmeScript = {}) {
  return defineAdapter({
    name: 'nova',
    settings: z.object({
      apiKey: z.string().default('acme-key-1'),
      baseUrl: z.url().default('https://api.acme.example'),
    }),
    options,
    pollIntervalMs: script.pollIntervalMs ?? 1_000,
    capabilities: {
      ...(script.bare !== true && { url: { schemes: usualSchemes }, integration: true }),
      checks: [],
      cancel: false,
      webhook: 'none',
      idempotentStart: false,
      limits: {},
      ...script.capabilities,
    },
    create: (settings) => ({
      wire: { baseUrl: settings.baseUrl, headers: { authorization: `Bearer ${settings.apiKey}` } },
      start: async (request) => started(request.id),
      status: async () => completed,
      ...script.members,
    }),
  });
}

/** The provider's answer to a start that it accepted. */
export function started(ref: JsonValue, snapshot: ProviderSnapshot = running()): Started {
  return { ref, snapshot };
}

/** A snapshot of a job that goes on. */
export function running(rawState = 'working', rest: Partial<ProviderSnapshot> = {}): ProviderSnapshot {
  return { state: 'running', rawState, ...rest };
}

/** A snapshot of a job that is done. */
export const completed: ProviderSnapshot = {
  state: 'completed',
  rawState: 'done',
  items: [{ ok: true, ref: 'clip', asset: { id: 'a1', url: 'https://cdn.acme.example/a1.mp4' } }],
};

/** A call that nobody knows the outcome of. */
export function ambiguous(): SluiceError {
  return new SluiceError({ code: 'unavailable', message: 'acme: the connection broke', ambiguous: true });
}

/** A call that failed and may succeed later. */
export function unavailable(fields: { retryAfterMs?: number } = {}): SluiceError {
  return new SluiceError({ code: 'unavailable', message: 'acme: not now (HTTP 503)', status: 503, ...fields });
}

/** A script for `start`: its outcomes in turn, the last one for ever. Errors are thrown. */
export function startsInTurn(...outcomes: (Started | Error)[]) {
  return inTurn(outcomes);
}

/** The same for `status`, or for `cancel`. */
export function looksInTurn(...outcomes: (ProviderSnapshot | Error)[]) {
  return inTurn(outcomes);
}

/** The same for `recover`. */
export function findsInTurn(...outcomes: (Recovered | Error)[]) {
  return inTurn(outcomes);
}

function inTurn<Outcome>(outcomes: (Outcome | Error)[]) {
  const calls: number[] = [];
  const play = async (): Promise<Outcome> => {
    calls.push(calls.length);
    const outcome = outcomes[Math.min(calls.length, outcomes.length) - 1];
    if (outcome instanceof Error) throw outcome;
    if (outcome === undefined) throw new Error('the script has no outcomes');
    return outcome;
  };
  return Object.assign(play, { calls });
}

export type { AcmeOptions };
