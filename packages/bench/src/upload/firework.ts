import type { Measured } from '../figures/benchmark.js';
import { interleave } from '../figures/statistics.js';
import { runWorkload, startWorkload } from '../processes/workload.js';
import { besideFigure } from './contest.js';
import { whoIsThere } from './everybody.js';
import { fireworkSchema } from './firework-emulator.js';
import { hashing } from './hashing.js';
import type { Room } from './room.js';
import { type Cost, costSchema } from './sending.js';
import { curl, type Side } from './sides.js';
import { withSink } from './sink.js';

/** A part of it is a small import before, which goes in parts too. Bytes. */
const warmUpSize = 104_857_600;

/** Everything: the calls, the sha-256, the parts, the video; against the emulated provider. */
const ours: Side = {
  label: 'Sluice, a whole Firework import',
  short: 'Sluice',
  ours: true,
  sends: (size) => size + warmUpSize,
  send: async ({ files }, { origin, file }) => {
    const emulator = await startWorkload('firework-emulator', { input: { endpoint: origin }, result: fireworkSchema });
    try {
      const input = { provider: emulator.ready, file, warmUp: await files.hollow(warmUpSize) };
      return await runWorkload('firework-import', { input, result: costSchema });
    } finally {
      await emulator.stop();
    }
  },
};

/** As Firework's adapter cuts a file of that size: into a hundred parts. */
function partSizeOf(size: number): number {
  return Math.ceil(size / 100);
}

/** What a line of 4 Gbit/s gives each of four connections: more than there is between most applications and their provider. Bytes a second. */
const paceOfLine = 125e6;

/** A whole import of 2 GiB beside nothing but its bytes, and what the largest file that Firework takes needs in memory. */
export async function firework(room: Room): Promise<Measured> {
  const { there, missed } = await whoIsThere([curl]);
  const size = 2 ** 31;
  const rounds = 5;
  const file = await room.files.whole(size);
  await room.files.pieces({ size, partSize: partSizeOf(size) });
  const hold = (sides: readonly Side[], pace?: number) =>
    interleave({ sides, rounds }, async (side, round) => {
      const line = pace === undefined ? '' : ', a line of 4 Gbit/s';
      room.progress(`2 GiB into Firework${line}: ${side.label}, run ${round + 1} of ${rounds}`);
      return send(room, side, { file, size, pace });
    });
  const costs = await hold([ours, hashing, ...there]);
  const onLine = await hold([ours, ...there], paceOfLine);
  await room.files.dropPieces();
  const beside = (what: string, sides: typeof costs) => {
    const peer = sides.get(curl);
    if (peer === undefined) return [];
    const both = { ours: sides.get(ours) ?? [], peer: { name: 'curl', costs: peer } };
    return [besideFigure({ what, size, measure: 'throughput', ...both, bar: { is: 'at least', value: 0.9 } })];
  };
  return {
    figures: [
      ...beside('whole Firework import / bare upload', costs),
      ...beside('whole Firework import / bare upload, 4 Gbit/s', onLine),
      besideFigure({
        ...{ what: 'whole Firework import / sha-256 alone', size, measure: 'throughput', ours: costs.get(ours) ?? [] },
        peer: { name: hashing.short, costs: costs.get(hashing) ?? [] },
      }),
      ...(await memoryFigures(room)),
    ],
    plots: [],
    notes: [
      `Firework: the emulator in a process of its own, the bytes straight to the same sink; medians of ${rounds} runs`,
      'a line of 4 Gbit/s: the sink takes 125 MB a second from each of four connections',
      'no import that proves a sha-256 can be faster than the sha-256 alone, which one core takes',
      'memory of a whole import: one run each, sha-256 and everything else that an application loads included',
    ],
    missed,
  };
}

async function memoryFigures(room: Room): Promise<Measured['figures']> {
  const figures: Measured['figures'] = [];
  for (const size of [200_000_000, 5_000_000_000]) {
    room.progress(`memory: ${size / 1e6} MB into Firework`);
    const { peakBytes } = await send(room, ours, { file: await room.files.hollow(size), size });
    const amount = { value: peakBytes / 1024 / 1024, unit: 'MiB' } as const;
    const what = `memory of a whole Firework import of ${size / 1e6} MB`;
    figures.push({ what, ours: amount, figure: amount, bar: { is: 'at most', value: 160 } });
  }
  return figures;
}

async function send(
  room: Room,
  side: Side,
  { file, size, pace }: { file: string; size: number; pace?: number | undefined },
): Promise<Cost> {
  const cut = { partSize: partSizeOf(size), inFlight: 4, digest: side.ours };
  const { result, counted } = await withSink(
    { program: room.native.sink, ...(pace !== undefined && { pace }) },
    (origin) => side.send(room, { ...cut, file, size, origin }),
  );
  if (counted.bytes !== side.sends(size)) throw new Error(`${side.label} sent ${counted.bytes} bytes of ${size}`);
  return result;
}
