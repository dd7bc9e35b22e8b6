import type { JsonObject, ProviderInfo } from '@sluice/core';
import { exitCode } from '../exit-code.js';
import { describeWay, formatDuration } from '../output/format.js';
import { printable } from '../output/text.js';
import type { CommonOptions } from '../request/request-options.js';
import { withSluice } from '../session.js';

/** `sluice providers`: what is configured, what it can do and within which limits. */
export async function providersCommand(options: CommonOptions): Promise<number> {
  return withSluice(options, async (sluice) => {
    for (const info of sluice.providers()) {
      const lines = options.json === true ? [JSON.stringify(providerLine(info))] : describeProvider(info);
      process.stdout.write(`${lines.join('\n')}\n`);
    }
    return exitCode.completed;
  });
}

function providerLine(info: ProviderInfo): JsonObject {
  const { name, adapter, baseUrl, capabilities, limits } = info;
  const provider: JsonObject = JSON.parse(
    JSON.stringify({ name, adapter, default: info.default, baseUrl, capabilities, limits }),
  );
  return { type: 'provider', provider };
}

function describeProvider(info: ProviderInfo): string[] {
  const { capabilities } = info;
  const sources = [
    ...(capabilities.url?.schemes ?? []),
    ...(capabilities.upload === undefined ? [] : ['files']),
    ...(capabilities.integration === true ? ['integration'] : []),
  ];
  const ways = capabilities.upload?.ways ?? [];
  return [
    `${printable(info.name)}${info.default ? ' (default)' : ''}`,
    `  adapter   ${printable(info.adapter)} at ${printable(info.baseUrl)}`,
    `  sources   ${sources.join(', ') || 'none'}`,
    ...ways.map((way) => `  way       ${describeWay(way)}${way.onRequest === true ? ', on request' : ''}`),
    `  checks    ${capabilities.checks.join(', ') || 'none: it measures only what it made of the source'}`,
    `  cancel    ${capabilities.cancel ? 'yes' : 'no'}`,
    `  webhooks  ${capabilities.webhook}`,
    `  limits    ${describeLimits(info.limits)}`,
  ];
}

function describeLimits({ jobs, starts, statuses, probes, probesAtOnce }: ProviderInfo['limits']): string {
  const perWindow = (what: string, limit: { max: number; windowMs: number } | undefined) =>
    limit === undefined ? [] : [`${limit.max} ${what} in ${formatDuration(limit.windowMs)}`];
  const words = [
    ...(jobs === undefined ? [] : [`${jobs} at once`]),
    ...perWindow('starts', starts),
    ...perWindow('looks', statuses),
    ...perWindow('probes', probes),
    ...(probesAtOnce === undefined ? [] : [`${probesAtOnce} probes at once`]),
  ];
  return words.join(' · ') || 'none';
}
