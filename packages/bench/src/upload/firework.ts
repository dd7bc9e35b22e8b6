import { missingCeph } from '@sluice/test-servers';
import type { Measured } from '../figures/benchmark.js';
import { interleave } from '../figures/statistics.js';
import { besideFigure } from './contest.js';
import { whoIsThere } from './everybody.js';
import { curlWhereSigned, importWhole, warmUpSize } from './firework-sides.js';
import { hashing } from './hashing.js';
import { withRealStore } from './real-store.js';
import type { Room } from './room.js';
import type { Cost } from './sending.js';
import { curl, type Side } from './sides.js';
import { withSink } from './sink.js';

/** To a sink; the emulator only signs, and makes the video. */
const ours: Side = {
  label: 'Sluice, a whole Firework import',
  short: 'Sluice',
  ours: true,
  sends: (size) => size + warmUpSize,
  send: (room, { origin: endpoint, ...sending }) => {
    const store = {
      endpoint,
      region: 'us-east-1',
      bucket: 'bucket',
      accessKeyId: 'a-key',
      secretAccessKey: 'a-secret',
    };
    return importWhole(room, { ...sending, store });
  },
};

/** The same into a real store, which keeps what it is sent and takes its MD5. */
const intoStore = [
  { label: ours.label, send: importWhole },
  { label: curl.label, send: curlWhereSigned },
] as const;

/** As Firework's adapter cuts a file of that size: into a hundred parts. */
function cutOf(size: number): { partSize: number; inFlight: number } {
  return { partSize: Math.ceil(size / 100), inFlight: 4 };
}

/** Into a store of its own each time: what was deleted takes room in it for hours. */
async function holdIntoStore(room: Room, { file, size, rounds }: { file: string; size: number; rounds: number }) {
  return interleave({ sides: intoStore, rounds }, async (side, round) => {
    room.progress(`2 GiB into Firework, a Ceph gateway: ${side.label}, run ${round + 1} of ${rounds}`);
    return withRealStore((store) => side.send(room, { ...cutOf(size), file, size, store }));
  });
}

/** What a line of 4 Gbit/s gives each of four connections: more than there is between most applications and their provider. Bytes a second. */
const paceOfLine = 125e6;

/** Each takes half a minute. */
const roundsIntoStore = 3;

/** A whole import of 2 GiB beside nothing but its bytes, and what the largest file that Firework takes needs in memory. */
export async function firework(room: Room): Promise<Measured> {
  const { there, missed } = await whoIsThere([curl]);
  const size = 2 ** 31;
  const rounds = 5;
  const file = await room.files.whole(size);
  await room.files.pieces({ size, partSize: cutOf(size).partSize });
  const hold = (sides: readonly Side[], pace?: number) =>
    interleave({ sides, rounds }, async (side, round) => {
      const line = pace === undefined ? '' : ', a line of 4 Gbit/s';
      room.progress(`2 GiB into Firework${line}: ${side.label}, run ${round + 1} of ${rounds}`);
      return send(room, side, { file, size, pace });
    });
  const costs = await hold([ours, hashing, ...there]);
  const onLine = await hold([ours, ...there], paceOfLine);
  const noStore = await missingCeph();
  const isKept = noStore === undefined && there.length > 0;
  const kept = isKept ? await holdIntoStore(room, { file, size, rounds: roundsIntoStore }) : undefined;
  await room.files.dropPieces();
  const beside = (where: string, own: Cost[] = [], peer: Cost[] = []) => {
    if (peer.length === 0) return [];
    const what = `whole Firework import / bare upload, ${where}`;
    const both = { ours: own, peer: { name: 'curl', costs: peer } };
    return [besideFigure({ what, size, measure: 'throughput', ...both, bar: { is: 'at least', value: 0.9 } })];
  };
  return {
    figures: [
      ...beside('a Ceph gateway', kept?.get(intoStore[0]), kept?.get(intoStore[1])),
      ...beside('a line of 4 Gbit/s', onLine.get(ours), onLine.get(curl)),
      ...beside('a sink that forgets', costs.get(ours), costs.get(curl)),
      besideFigure({
        ...{ what: 'whole Firework import / sha-256 alone', size, measure: 'throughput', ours: costs.get(ours) ?? [] },
        peer: { name: hashing.short, costs: costs.get(hashing) ?? [] },
      }),
      ...(await memoryFigures(room)),
    ],
    plots: [],
    notes: [
      `Firework: the emulator in a process of its own; medians of ${rounds} runs`,
      `a Ceph gateway: a real store, which keeps what it is sent in memory and takes its MD5; both sides send where the provider signed; medians of ${roundsIntoStore} runs`,
      'a line, and a sink that forgets: the bytes go straight to the same sink as in the rest of this report',
      'a line of 4 Gbit/s: the sink takes 125 MB a second from each of four connections',
      'no import that proves a sha-256 can be faster than the sha-256 alone, which one core takes',
      'memory of a whole import: one run each, sha-256 and everything else that an application loads included',
    ],
    missed: [...missed, ...(noStore === undefined ? [] : [`a whole Firework import into a Ceph gateway: ${noStore}`])],
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
  const cut = { ...cutOf(size), digest: side.ours };
  const { result, counted } = await withSink(
    { program: room.native.sink, ...(pace !== undefined && { pace }) },
    (origin) => side.send(room, { ...cut, file, size, origin }),
  );
  if (counted.bytes !== side.sends(size)) throw new Error(`${side.label} sent ${counted.bytes} bytes of ${size}`);
  return result;
}
