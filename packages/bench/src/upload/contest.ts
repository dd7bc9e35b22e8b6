import type { Amount, Bar, Figure } from '../figures/figure.js';
import type { BarPlot } from '../figures/plot.js';
import { interleave, median } from '../figures/statistics.js';
import type { Room } from './room.js';
import type { Cost } from './sending.js';
import { curl, type Side } from './sides.js';
import { withSink } from './sink.js';

/** A file, cut how, sent by whom, how often. */
export interface Contest {
  sides: readonly Side[];
  /** Bytes. */
  size: number;
  /** Bytes. */
  partSize: number;
  inFlight: number;
  rounds: number;
  /** Over TLS; needs the sink that speaks it. */
  tls?: boolean;
}

/** What each side cost, in every round. */
export type Costs = Map<Side, Cost[]>;

/** Has the sides send the same file in turns, each to a sink of its own, which must have counted every byte. */
export async function hold(room: Room, contest: Contest): Promise<Costs> {
  const { sides, rounds } = contest;
  return interleave({ sides, rounds }, (side, round) => {
    room.progress(`${contestText(contest)}: ${side.label}, run ${round + 1} of ${rounds}`);
    return sendOnce(room, side, contest);
  });
}

async function sendOnce(room: Room, side: Side, { size, partSize, inFlight, tls = false }: Contest): Promise<Cost> {
  const file = await room.files.whole(size);
  if (side === curl) await room.files.pieces({ size, partSize });
  const secure = tls ? room.native.secure : undefined;
  const sink = secure === undefined ? { program: room.native.sink } : { program: secure.sink, tls: secure };
  const { result, counted } = await withSink(sink, (origin) =>
    side.send(room, { file, size, partSize, inFlight, origin, digest: false, ca: secure?.certificate }),
  );
  const expected = side.sends(size);
  if (counted.bytes !== expected) throw new Error(`${side.label} sent ${counted.bytes} bytes, not ${expected}`);
  return result;
}

const mebi = 1024 * 1024;

/** The size as a person says it: 2 GiB, 8 MiB. */
export function sizeText(size: number): string {
  return size >= 1024 * mebi ? `${size / 1024 / mebi} GiB` : `${size / mebi} MiB`;
}

export function contestText({ size, partSize, inFlight, tls = false }: Omit<Contest, 'sides' | 'rounds'>): string {
  return `${sizeText(size)} in parts of ${sizeText(partSize)}, ${inFlight} at once${tls ? ', over TLS' : ''}`;
}

/** What a cost is measured by. */
export type Measure = 'throughput' | 'cpu' | 'memory';

const amounts: Record<Measure, (cost: Cost, size: number) => Amount> = {
  throughput: ({ seconds }, size) => ({ value: size / 1e6 / seconds, unit: 'MB/s' }),
  cpu: ({ cpuSeconds }) => ({ value: cpuSeconds, unit: 's' }),
  memory: ({ peakBytes }) => ({ value: peakBytes / mebi, unit: 'MiB' }),
};

const units = { throughput: 'MB/s', cpu: 's', memory: 'MiB' } as const;

/** Every run of a side, by one measure. */
export function samplesOf(costs: readonly Cost[], measure: Measure, size: number): number[] {
  return costs.map((cost) => amounts[measure](cost, size).value);
}

/** One side beside another. */
export interface Beside {
  what: string;
  /** Bytes that both moved. */
  size: number;
  measure: Exclude<Measure, 'memory'>;
  ours: readonly Cost[];
  peer: { name: string; costs: readonly Cost[] };
  bar?: Bar;
}

/** One side beside another, as a ratio. */
export function besideFigure({ what, size, measure, ours, peer, bar }: Beside): Figure {
  const own = median(samplesOf(ours, measure, size));
  const other = median(samplesOf(peer.costs, measure, size));
  const unit = units[measure];
  return {
    what,
    ours: { value: own, unit },
    peer: { name: peer.name, value: other, unit },
    figure: { value: own / other, unit: 'times' },
    ...(bar !== undefined && { bar }),
  };
}

/** All sides by one measure. */
export function contestPlot(
  { name, title, size }: { name: string; title: string; size: number },
  measure: Measure,
  costs: Costs,
): BarPlot {
  const words = { throughput: 'throughput', cpu: 'CPU time', memory: 'most memory at once' };
  const rows = [...costs].map(([side, samples]) => ({
    label: side.label,
    samples: samplesOf(samples, measure, size),
    ours: side.ours,
  }));
  return {
    kind: 'bars',
    name: `${name}-${measure}`,
    title: `${title}: ${words[measure]}`,
    unit: units[measure],
    rows,
  };
}
