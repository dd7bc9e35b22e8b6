import type { Measured } from '../figures/benchmark.js';
import type { LinePlot } from '../figures/plot.js';
import { median } from '../figures/statistics.js';
import { besideFigure, type Contest, type Costs, contestText, hold, samplesOf, sizeText } from './contest.js';
import { whoIsThere } from './everybody.js';
import type { Room } from './room.js';
import { curl, ky, libStorage, limit, nodeFetch, ours, rclone } from './sides.js';

const mebi = 1024 * 1024;

type Cut = Pick<Contest, 'size' | 'partSize' | 'inFlight'>;

/** A few uploads that are unlike the usual one. */
const few: readonly Cut[] = [
  { size: 8 * mebi, partSize: 5 * mebi, inFlight: 4 },
  { size: 200 * mebi, partSize: 5 * mebi, inFlight: 1 },
  { size: 2048 * mebi, partSize: 64 * mebi, inFlight: 16 },
];

/** Every size in every cut, whatever that takes. */
function all(): Cut[] {
  const sizes = [8, 200, 2048];
  const partSizes = [5, 16, 64];
  return sizes.flatMap((size) =>
    partSizes.flatMap((partSize) =>
      [1, 4, 16].map((inFlight) => ({ size: size * mebi, partSize: partSize * mebi, inFlight })),
    ),
  );
}

/** Other sizes, cut in other ways. */
export async function grid(room: Room): Promise<Measured> {
  const rounds = 3;
  const peers = room.full ? [limit, curl, rclone, libStorage, nodeFetch, ky] : [limit, curl];
  const { there, missed } = await whoIsThere(peers);
  const sides = [ours, ...there];
  const done: { cut: Cut; costs: Costs }[] = [];
  for (const cut of room.full ? all() : few) {
    done.push({ cut, costs: await hold(room, { ...cut, sides, rounds }) });
    await room.files.dropPieces();
  }
  return {
    figures: done.flatMap(({ cut, costs }) => figuresOf(cut, costs)),
    plots: room.full ? plotsOf(done) : [],
    notes: [`other sizes and cuts: medians of ${rounds} runs`],
    missed,
  };
}

function figuresOf(cut: Cut, costs: Costs) {
  const own = costs.get(ours) ?? [];
  return [...costs].flatMap(([side, samples]) =>
    side === ours
      ? []
      : [
          besideFigure({
            ...{ what: `${contestText(cut)} / ${side.short}`, size: cut.size, measure: 'throughput', ours: own },
            peer: { name: side.short, costs: samples },
          }),
        ],
  );
}

/** For each size and number in flight, how throughput goes with the size of a part. */
function plotsOf(done: readonly { cut: Cut; costs: Costs }[]): LinePlot[] {
  const groups = new Map<string, { cut: Cut; costs: Costs }[]>();
  for (const one of done) {
    const name = `${sizeText(one.cut.size)}, ${one.cut.inFlight} at once`;
    groups.set(name, [...(groups.get(name) ?? []), one]);
  }
  return [...groups].map(([title, points]) => ({
    kind: 'lines',
    name: `upload-grid-${title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}`,
    title: `${title}: throughput`,
    unit: 'MB/s',
    along: 'MiB a part',
    series: [...(points[0]?.costs.keys() ?? [])].map((side) => ({
      label: side.label,
      points: points.map(({ cut, costs }) => ({
        x: cut.partSize / mebi,
        y: median(samplesOf(costs.get(side) ?? [], 'throughput', cut.size)),
      })),
    })),
  }));
}
