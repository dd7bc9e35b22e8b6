import type { Measured } from '../figures/benchmark.js';
import type { Figure } from '../figures/figure.js';
import { sizeText } from './contest.js';
import type { Room } from './room.js';
import type { Sending } from './sending.js';
import { nodeSide, ours, oursWithDigest, type Side } from './sides.js';
import { withSink } from './sink.js';

const mebi = 1024 * 1024;
const sizes = [200e6, 5e9];
/** So slow that all parts are under way at once, whose number is what memory might depend on. Bytes a second and connection. */
const pace = 64 * mebi;
/** On a slow line memory might depend on how many parts are under way, on a fast one on how soon one follows another. */
const cuts = [
  { partSize: 5 * mebi, inFlight: 16, pace },
  { partSize: 64 * mebi, inFlight: 16, pace },
  { partSize: 5 * mebi, inFlight: 4 },
];

interface Case {
  side: Side;
  what: string;
  /** MiB. */
  most: number;
}

const formSide = nodeSide('form', { label: 'Sluice, a form', short: 'Sluice', ours: true });

const parts: readonly Case[] = [
  { side: ours, what: 'without sha-256', most: 90 },
  { side: oursWithDigest, what: 'with sha-256', most: 160 },
];

/** The most memory that an upload holds, whatever its size, its cut and its line. */
export async function memory(room: Room): Promise<Measured> {
  const figures: Figure[] = [];
  for (const { side, what, most } of parts) {
    for (const size of sizes) {
      const peaks: number[] = [];
      for (const cut of cuts) {
        const inFlight = Math.min(cut.inFlight, Math.ceil(size / cut.partSize));
        room.progress(`memory ${what}: ${size / 1e6} MB in parts of ${sizeText(cut.partSize)}, ${inFlight} at once`);
        peaks.push(await peakOf(room, side, { ...cut, size, inFlight }));
      }
      figures.push(figureOf(`memory of ${size / 1e6} MB in parts, ${what}`, Math.max(...peaks), most));
    }
  }
  for (const size of sizes) {
    room.progress(`memory: ${size / 1e6} MB as a form`);
    const peak = await peakOf(room, formSide, { size, partSize: size, inFlight: 1 });
    figures.push(figureOf(`memory of ${size / 1e6} MB as a form`, peak, 80));
  }
  return {
    figures,
    plots: [],
    notes: [
      `memory: the most that was resident at once, in parts of 5 and 64 MiB, 16 of them at once, to a sink that takes ${sizeText(pace)} a second from each, and in parts of 5 MiB, 4 at once, as fast as can be`,
    ],
    missed: [],
  };
}

async function peakOf(
  room: Room,
  side: Side,
  { pace, ...cut }: Pick<Sending, 'size' | 'partSize' | 'inFlight'> & { pace?: number },
): Promise<number> {
  const file = await room.files.hollow(cut.size);
  const sink = { program: room.native.sink, ...(pace !== undefined && { pace }) };
  const { result } = await withSink(sink, (origin) => side.send(room, { ...cut, file, origin, digest: false }));
  return result.peakBytes;
}

function figureOf(what: string, peakBytes: number, most: number): Figure {
  const amount = { value: peakBytes / mebi, unit: 'MiB' } as const;
  return { what, ours: amount, figure: amount, bar: { is: 'at most', value: most } };
}
