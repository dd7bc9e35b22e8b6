import type { Measured } from '../figures/benchmark.js';
import { besideFigure, contestText, hold } from './contest.js';
import { whoIsThere } from './everybody.js';
import type { Room } from './room.js';
import { curl, ours } from './sides.js';

/** The usual upload over TLS, where enciphering is most of the work. */
export async function secure(room: Room): Promise<Measured> {
  if (room.native.secure === undefined) {
    return { figures: [], plots: [], notes: [], missed: ['uploads over TLS: libssl-dev is not installed'] };
  }
  const cut = { size: 2 ** 30, partSize: 2 ** 24, inFlight: 4, tls: true };
  const { there, missed } = await whoIsThere([curl]);
  const costs = await hold(room, { ...cut, sides: [ours, ...there], rounds: 5 });
  const [own, peer] = [costs.get(ours) ?? [], costs.get(curl)];
  if (peer === undefined) return { figures: [], plots: [], notes: [], missed };
  const beside = { size: cut.size, ours: own, peer: { name: 'curl', costs: peer } };
  return {
    figures: [
      besideFigure({
        ...{ ...beside, what: 'upload over TLS / curl', measure: 'throughput' },
        bar: { is: 'at least', value: 1 },
      }),
      besideFigure({ ...beside, what: 'CPU time of it / of curl', measure: 'cpu' }),
    ],
    plots: [],
    notes: [`${contestText(cut)}: medians of 5 runs`],
    missed,
  };
}
