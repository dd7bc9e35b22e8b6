import type { AdapterMembers } from '../model/adapter.js';
import { capabilitiesSchema, type Limits } from '../model/capabilities.js';
import { type Adapter, type ConfiguredAdapter, commonSettingsSchema, type Prices } from '../model/define-adapter.js';
import type { ConfiguredStaging } from '../model/define-staging.js';
import { SluiceError } from '../model/error.js';
import type { Wire } from '../model/http.js';
import { invalidInput } from '../model/issues.js';
import type { JobRecord } from '../model/record.js';
import { findSecrets } from '../model/redact.js';
import type { ProviderInfo } from './sluice.js';

/** An adapter with its settings, under a name that the application chose. */
export interface Provider {
  name: string;
  adapter: Adapter;
  members: AdapterMembers;
  limits: Limits;
  /** The limits in one lane. */
  limitsIn(lane: string): Limits;
  pollIntervalMs: number;
  timeoutMs: number;
  deadlineMs: number;
  stallMs: number | undefined;
  prices: Prices | undefined;
  /** The buckets that its imports read, by the provider's id of the integration. */
  buckets: Readonly<Record<string, ConfiguredStaging>>;
  /** Texts of the settings that must never be shown. */
  secrets: readonly string[];
}

const defaults = { timeoutMs: 30_000, deadlineMs: 24 * 3_600_000 };
const commonKeys = Object.keys(commonSettingsSchema.shape);

/** Reads every provider's settings; `secrets` are those of the client that no text may show. @throws SluiceError `invalid-request` naming provider and field */
export function configureProviders(
  configured: Record<string, ConfiguredAdapter>,
  secrets: readonly string[],
): Map<string, Provider> {
  const names = Object.keys(configured);
  if (names.length === 0) {
    throw new SluiceError({
      code: 'invalid-request',
      message: 'providers: name at least one, such as { importly: importly({ apiKey }) }',
    });
  }
  return new Map(Object.entries(configured).map(([name, entry]) => [name, configureProvider(name, entry, secrets)]));
}

function configureProvider(
  name: string,
  { adapter, settings }: ConfiguredAdapter,
  secrets: readonly string[],
): Provider {
  const prefix = `providers.${name}`;
  const capabilities = capabilitiesSchema.safeParse(adapter.capabilities);
  if (!capabilities.success)
    throw invalidInput(capabilities.error, { prefix: `adapter ${adapter.name}: capabilities` });
  const { common, own } = splitSettings(settings, Object.keys(adapter.settings.shape));
  const parsedCommon = commonSettingsSchema.safeParse(common);
  if (!parsedCommon.success) throw invalidInput(parsedCommon.error, { prefix });
  const parsedOwn = adapter.settings.safeParse(own);
  if (!parsedOwn.success) {
    throw invalidInput(parsedOwn.error, { prefix, known: [...Object.keys(adapter.settings.shape), ...commonKeys] });
  }
  const { pollIntervalMs, timeoutMs, deadlineMs, stallMs, limits, prices, buckets = {} } = parsedCommon.data;
  assertBuckets(adapter, buckets, prefix);
  const members = adapter.create(own);
  assertWire(members.wire, prefix);
  const declared = adapter.capabilities.limits;
  const merged = mergeLimits(declared, limits ?? {});
  return {
    name,
    adapter,
    members,
    limits: merged,
    limitsIn: (lane) =>
      members.limitsIn === undefined ? merged : mergeLimits({ ...declared, ...members.limitsIn(lane) }, limits ?? {}),
    pollIntervalMs: pollIntervalMs ?? adapter.pollIntervalMs,
    timeoutMs: timeoutMs ?? defaults.timeoutMs,
    deadlineMs: deadlineMs ?? defaults.deadlineMs,
    stallMs,
    buckets,
    prices,
    secrets: [...findSecrets(settings), ...secrets],
  };
}

function assertBuckets({ name, capabilities }: Adapter, buckets: Provider['buckets'], prefix: string): void {
  if (capabilities.integration === true || Object.keys(buckets).length === 0) return;
  const message = `${prefix}.buckets: ${name} does not import from a connected bucket; take it out`;
  throw new SluiceError({ code: 'invalid-request', message });
}

/** What no call could be made with is said before the first one. The values are not shown: they may be keys. */
function assertWire({ baseUrl, headers }: Wire, prefix: string): void {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  const broken = (problem: string) => new SluiceError({ code: 'invalid-request', message: `${prefix}${problem}` });
  if (url === undefined || !/^https?:$/.test(url.protocol)) throw broken('.baseUrl: must be an http or https URL');
  if (url.username + url.password + url.search + url.hash !== '') {
    throw broken('.baseUrl: must have no user, password, query or fragment');
  }
  try {
    new Headers(headers);
  } catch {
    throw broken(': a credential holds a character that no HTTP header can carry, such as a line break');
  }
}

/** A key that the adapter declares too goes to both. */
function splitSettings(settings: unknown, adapterKeys: string[]) {
  const entries = Object.entries(typeof settings === 'object' && settings !== null ? settings : {});
  const isCommon = (key: string) => commonKeys.includes(key);
  return {
    common: Object.fromEntries(entries.filter(([key]) => isCommon(key))),
    own: Object.fromEntries(entries.filter(([key]) => !isCommon(key) || adapterKeys.includes(key))),
  };
}

/** The settings' limits in place of the adapter's, one by one; null lifts one. */
function mergeLimits(declared: Limits, settings: { [Key in keyof Limits]?: Limits[Key] | null | undefined }): Limits {
  const merged = Object.entries({ ...declared, ...settings }).filter(
    ([, limit]) => limit !== null && limit !== undefined,
  );
  return Object.fromEntries(merged);
}

/** The provider that a request means. @throws SluiceError `invalid-request` listing the names there are */
export function findProvider(
  providers: Map<string, Provider>,
  wanted: string | undefined,
  preset: string | undefined,
): Provider {
  const only = providers.size === 1 ? [...providers.keys()][0] : undefined;
  const name = wanted ?? preset ?? only;
  const known = [...providers.keys()].join(', ');
  if (name === undefined) {
    throw new SluiceError({ code: 'invalid-request', message: `provider: name one of ${known}, or set a default` });
  }
  const provider = providers.get(name);
  if (provider !== undefined) return provider;
  throw new SluiceError({
    code: 'invalid-request',
    message: `provider: "${name}" is not configured; configured: ${known}`,
  });
}

/** The provider of a job; undefined when it is not configured here, or with another adapter. */
export function providerOf(
  { providers }: { providers: Map<string, Provider> },
  record: Pick<JobRecord, 'provider' | 'adapter'>,
): Provider | undefined {
  const provider = providers.get(record.provider);
  return provider?.adapter.name === record.adapter ? provider : undefined;
}

/** The error for a job that {@link providerOf} finds nothing for. */
export function foreignError({ id, provider, adapter }: JobRecord): SluiceError {
  return new SluiceError({
    code: 'invalid-request',
    message: `job ${id} belongs to the provider "${provider}" (adapter ${adapter}), which is not configured here`,
    provider,
  });
}

/** A provider as an application may look at it. */
export function providerInfo(provider: Provider, preset: string | undefined, count: number): ProviderInfo {
  return {
    name: provider.name,
    adapter: provider.adapter.name,
    default: preset === provider.name || count === 1,
    capabilities: provider.adapter.capabilities,
    limits: provider.limits,
    baseUrl: provider.members.wire.baseUrl,
    ...(provider.prices !== undefined && { prices: provider.prices }),
  };
}
