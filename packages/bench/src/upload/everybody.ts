import type { Measured } from '../figures/benchmark.js';
import { MissingProgram } from '../processes/debian.js';
import { besideFigure, type Contest, contestPlot, contestText, hold } from './contest.js';
import { hashing } from './hashing.js';
import type { Room } from './room.js';
import { curl, ky, libStorage, limit, nodeFetch, ours, oursWithDigest, rclone, type Side } from './sides.js';

/** The usual upload, by us and by all peers. */
export async function everybody(room: Room): Promise<Measured> {
  const { there, missed } = await whoIsThere([limit, curl, rclone, libStorage, nodeFetch, ky]);
  const contest: Contest = {
    ...{ size: 2 ** 31, partSize: 2 ** 24, inFlight: 4, rounds: room.full ? 7 : 5 },
    sides: [ours, oursWithDigest, hashing, ...there],
  };
  const costs = await hold(room, contest);
  const { size } = contest;
  const own = costs.get(ours) ?? [];
  const beside = (peer: Side, least?: number) =>
    costs.has(peer)
      ? [
          besideFigure({
            ...{ what: `upload in parts / ${peer.label}`, size, measure: 'throughput', ours: own },
            peer: { name: peer.short, costs: costs.get(peer) ?? [] },
            ...(least !== undefined && { bar: { is: 'at least', value: least } }),
          }),
        ]
      : [];
  const title = contestText(contest);
  const uploads = new Map([...costs].filter(([side]) => side !== hashing));
  return {
    figures: [
      ...beside(limit, 0.6),
      ...beside(curl, 1.3),
      ...[libStorage, rclone].flatMap((peer) => beside(peer, 5)),
      ...[nodeFetch, ky].flatMap((peer) => beside(peer)),
      ...cpuFigures(own, costs.get(curl), size),
      besideFigure({
        ...{ what: 'upload with sha-256 / sha-256 alone', size, measure: 'throughput' },
        ours: costs.get(oursWithDigest) ?? [],
        peer: { name: hashing.short, costs: costs.get(hashing) ?? [] },
        bar: { is: 'at least', value: 0.95 },
      }),
    ],
    plots: [
      contestPlot({ name: 'upload', title, size }, 'throughput', costs),
      contestPlot({ name: 'upload', title, size }, 'cpu', uploads),
      contestPlot({ name: 'upload', title, size }, 'memory', uploads),
    ],
    notes: [`${title}: medians of ${contest.rounds} runs`],
    missed,
  };
}

function cpuFigures(own: Parameters<typeof besideFigure>[0]['ours'], peer: typeof own | undefined, size: number) {
  if (peer === undefined) return [];
  const what = 'CPU time of it / of curl';
  const bar = { is: 'at most', value: 1.2 } as const;
  return [besideFigure({ what, size, measure: 'cpu', ours: own, peer: { name: 'curl', costs: peer }, bar })];
}

/** Those peers that are on this machine or can be brought there, and why the others are not. */
export async function whoIsThere(sides: readonly Side[]): Promise<{ there: Side[]; missed: string[] }> {
  const there: Side[] = [];
  const missed: string[] = [];
  for (const side of sides) {
    try {
      await side.prepare?.();
      there.push(side);
    } catch (error) {
      if (!(error instanceof MissingProgram)) throw error;
      missed.push(`uploads beside ${side.label}: ${error.message}`);
    }
  }
  return { there, missed };
}
