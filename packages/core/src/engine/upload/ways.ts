import type { UploadWay } from '../../model/upload.js';
import type { Provider } from '../providers.js';

/** The ways in force: the adapter's, or what its settings made of them. */
export function uploadWays(provider: Provider): UploadWay[] {
  return provider.members.upload?.ways ?? provider.adapter.capabilities.upload?.ways ?? [];
}

/** The way for so many bytes, or the rule that forbids them. Without a size, the first way that takes any. */
export function chooseWay(
  ways: UploadWay[],
  wish: { size?: number | undefined; name?: string | undefined },
): UploadWay | { rule: string } {
  const { size, name } = wish;
  const offered = ways.filter((way) => (name === undefined ? way.onRequest !== true : way.name === name));
  if (offered.length === 0)
    return { rule: `there is no way "${name}"; ways: ${ways.map((way) => way.name).join(', ')}` };
  const fitting = offered.find((way) => size === undefined || (size >= way.minBytes && size <= way.maxBytes));
  if (fitting !== undefined) return fitting;
  const least = Math.min(...offered.map(({ minBytes }) => minBytes));
  const most = Math.max(...offered.map(({ maxBytes }) => maxBytes));
  return { rule: `it takes from ${grouped(least)} to ${grouped(most)} bytes, and this has ${grouped(size ?? 0)}` };
}

function grouped(count: number): string {
  return count.toLocaleString('en-US');
}
