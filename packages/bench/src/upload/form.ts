import type { Measured } from '../figures/benchmark.js';
import { interleave } from '../figures/statistics.js';
import { formFields } from './clients/form.js';
import { besideFigure } from './contest.js';
import { whoIsThere } from './everybody.js';
import { measureProgram } from './measure-program.js';
import type { Room } from './room.js';
import type { Cost, Sending } from './sending.js';
import { curl, curlOptions, nodeSide, type Side } from './sides.js';
import { withSink } from './sink.js';

const ours = nodeSide('form', { label: 'Sluice, a form', short: 'Sluice', ours: true });

/** The whole file as the last field of a form, which needs no splitting. */
const curlForm: Side = {
  ...curl,
  send: ({ native }, { origin, file }) => {
    const fields = formFields.flatMap(([name, value]) => ['--form', `${name}=${value}`]);
    const film = `file=@${file};type=video/mp4;filename=film.mp4`;
    return measureProgram(native, ['curl', ...curlOptions(), ...fields, '--form', film, `${origin}/bucket`]);
  },
};

/** One form of 2 GiB. */
export async function form(room: Room): Promise<Measured> {
  const { there, missed } = await whoIsThere([curlForm]);
  const size = 2 ** 31;
  const rounds = 5;
  const file = await room.files.whole(size);
  const sending: Omit<Sending, 'origin'> = { file, size, partSize: size, inFlight: 1, digest: false };
  const costs = await interleave({ sides: [ours, ...there], rounds }, async (side, round) => {
    room.progress(`2 GiB as a form: ${side.label}, run ${round + 1} of ${rounds}`);
    return sendForm(room, side, sending);
  });
  const peer = costs.get(curlForm);
  if (peer === undefined) return { figures: [], plots: [], notes: [], missed };
  const beside = { size, ours: costs.get(ours) ?? [], peer: { name: 'curl -F', costs: peer } };
  return {
    figures: [
      besideFigure({
        ...{ ...beside, what: 'form POST / curl -F', measure: 'throughput' },
        bar: { is: 'at least', value: 1 },
      }),
      besideFigure({ ...beside, what: 'CPU time of it / of curl -F', measure: 'cpu' }),
    ],
    plots: [],
    notes: [`2 GiB as the last field of a form: medians of ${rounds} runs`],
    missed,
  };
}

async function sendForm(room: Room, side: Side, sending: Omit<Sending, 'origin'>): Promise<Cost> {
  const sink = { program: room.native.sink };
  const { result, counted } = await withSink(sink, (origin) => side.send(room, { ...sending, origin }));
  if (counted.bytes <= sending.size) throw new Error(`${side.label} sent ${counted.bytes} bytes of ${sending.size}`);
  return result;
}
