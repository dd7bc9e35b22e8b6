import type { Benchmark, Measured } from '../figures/benchmark.js';
import { interleave, median } from '../figures/statistics.js';
import { ensureProgram, MissingProgram } from '../processes/debian.js';
import { withTemporaryFolder } from '../processes/temporary-folder.js';
import { runWorkload, startWorkload } from '../processes/workload.js';
import { besideFigure } from '../upload/contest.js';
import { fireworkSchema } from '../upload/firework-emulator.js';
import { measureProgram } from '../upload/measure-program.js';
import { compileNative, type Native } from '../upload/native.js';
import { type Cost, costSchema } from '../upload/sending.js';
import { withSink } from '../upload/sink.js';
import { httpSourceSchema } from './http-source.js';

/** Bytes. */
const size = 2 ** 31;
/** In parts too. Bytes. */
const warmUpSize = 104_857_600;
const rounds = 5;

interface Relaying {
  native: Native;
  /** The file server. */
  url: string;
}

/** One who reads over http and sends on. */
interface Relayer {
  label: string;
  bytes: number;
  relay(relaying: Relaying, sink: string): Promise<Cost>;
}

/** A whole relay: the source is read over http, hashed and sent in parts to the emulated Firework's store. */
const ours: Relayer = {
  label: 'Sluice',
  bytes: size + warmUpSize,
  relay: async ({ url }, endpoint) => {
    const emulator = await startWorkload('firework-emulator', { input: { endpoint }, result: fireworkSchema });
    try {
      const input = { provider: emulator.ready, source: `${url}/${size}.mp4`, warmUp: `${url}/${warmUpSize}.mp4` };
      return await runWorkload('relay-import', { input, result: costSchema });
    } finally {
      await emulator.stop();
    }
  },
};

/** What a person without it would type; nothing is cut, hashed or remembered. */
const pipe: Relayer = {
  label: 'curl | curl',
  bytes: size,
  relay: ({ native, url }, sink) => {
    const get = `curl --silent --fail --http1.1 ${url}/${size}.mp4`;
    const put = `curl --silent --fail --http1.1 --upload-file - --header 'Content-Length: ${size}' --header 'Transfer-Encoding:' --header 'Expect:' ${sink}/bucket/film.mp4`;
    return measureProgram(native, ['sh', '-c', `${get} | ${put}`]);
  },
};

/** From http to a store that takes parts, beside two curls and a pipe. */
export const relay: Benchmark = {
  name: 'relay',
  title: 'Relays from http to a store on loopback that keeps nothing',
  run: ({ progress }) =>
    withTemporaryFolder(async (folder) => {
      try {
        await ensureProgram({ test: ['curl', '--version'], packages: ['curl'] });
        return await measure(await compileNative(folder), progress);
      } catch (error) {
        if (!(error instanceof MissingProgram)) throw error;
        return { figures: [], plots: [], notes: [], missed: [`relays: ${error.message}`] };
      }
    }),
};

async function measure(native: Native, progress: (text: string) => void): Promise<Measured> {
  const source = await startWorkload('http-source', {
    input: { sizes: [size, warmUpSize] },
    result: httpSourceSchema,
  });
  try {
    const costs = await interleave({ sides: [ours, pipe], rounds }, async (side, round) => {
      progress(`2 GiB from http: ${side.label}, run ${round + 1} of ${rounds}`);
      const { result, counted } = await withSink({ program: native.sink }, (origin) =>
        side.relay({ native, url: source.ready.url }, origin),
      );
      if (counted.bytes !== side.bytes) throw new Error(`${side.label} sent ${counted.bytes} bytes, not ${side.bytes}`);
      return result;
    });
    return { figures: figuresOf(costs), plots: [], notes: [note], missed: [] };
  } finally {
    await source.stop();
  }
}

const note = `relay: 2 GiB, medians of ${rounds} runs; ours with every call of a Firework import and the sha-256 of the whole, the pipe with neither`;

function figuresOf(costs: Map<Relayer, Cost[]>): Measured['figures'] {
  const own = costs.get(ours) ?? [];
  const peer = { name: pipe.label, costs: costs.get(pipe) ?? [] };
  const memory = { value: median(own.map(({ peakBytes }) => peakBytes / 1024 / 1024)), unit: 'MiB' } as const;
  return [
    besideFigure({
      ...{ what: 'relay from http', size, measure: 'throughput', ours: own, peer },
      bar: { is: 'at least', value: 0.8 },
    }),
    besideFigure({ what: 'CPU time of it / of the pipe', size, measure: 'cpu', ours: own, peer }),
    { what: 'memory of a relay of 2 GiB', ours: memory, figure: memory, bar: { is: 'at most', value: 160 } },
  ];
}
