import type { ImportPlan } from '@sluice/core';

type RouteKind = NonNullable<ImportPlan['route']>['kind'];

/** Where media may lie. */
export const sourceKinds = ['http', 'https', 'ftp', 'rsync', 'rsync+ssh', 's3', 'a local file', 'a stream'] as const;
/** Where it is to go. */
export const providerNames = ['importly', 'video-cdn', 'firework', 'twelvelabs'] as const;

export type SourceKind = (typeof sourceKinds)[number];
export type ProviderName = (typeof providerNames)[number];

/** The route of every source to every provider, where a staging bucket is configured. */
export const grid: Record<SourceKind, Record<ProviderName, RouteKind>> = {
  http: { importly: 'direct', 'video-cdn': 'direct', firework: 'direct', twelvelabs: 'direct' },
  https: { importly: 'direct', 'video-cdn': 'direct', firework: 'direct', twelvelabs: 'direct' },
  ftp: { importly: 'stage', 'video-cdn': 'direct', firework: 'relay', twelvelabs: 'relay' },
  rsync: { importly: 'stage', 'video-cdn': 'direct', firework: 'relay', twelvelabs: 'relay' },
  'rsync+ssh': { importly: 'stage', 'video-cdn': 'direct', firework: 'relay', twelvelabs: 'relay' },
  s3: { importly: 'presign', 'video-cdn': 'direct', firework: 'presign', twelvelabs: 'presign' },
  'a local file': { importly: 'stage', 'video-cdn': 'stage', firework: 'direct', twelvelabs: 'direct' },
  'a stream': { importly: 'stage', 'video-cdn': 'stage', firework: 'direct', twelvelabs: 'direct' },
};

/** Every cell of the grid. */
export const cells = sourceKinds.flatMap((source) =>
  providerNames.map((provider) => ({ source, provider, route: grid[source][provider] })),
);
