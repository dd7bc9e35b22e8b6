import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { missingVsftpd, startVsftpd } from '@sluice/test-servers';
import * as z from 'zod';
import type { Benchmark, Measured } from '../figures/benchmark.js';
import { interleave } from '../figures/statistics.js';
import { ensureProgram, MissingProgram } from '../processes/debian.js';
import { withTemporaryFolder } from '../processes/temporary-folder.js';
import { runWorkload } from '../processes/workload.js';
import { besideFigure } from '../upload/contest.js';
import { Files } from '../upload/files.js';
import { measureProgram } from '../upload/measure-program.js';
import { compileNative } from '../upload/native.js';
import { type Cost, costSchema, warmUpBytes } from '../upload/sending.js';

/** Bytes. */
const size = 2 ** 30;
const rounds = 5;
const [film, trailer] = ['film.mp4', 'trailer.mp4'];

/** One who reads a file from a folder of the server and takes its sha-256. */
interface Reader {
  label: string;
  read(folder: string): Promise<Cost>;
}

const digestCostSchema = costSchema.extend({ size: z.literal(size), sha256: z.string() });

const ours: Reader = {
  label: 'Sluice',
  read: (folder) =>
    runWorkload('digest-ftp', {
      input: { url: `${folder}/${film}`, warmUp: `${folder}/${trailer}` },
      result: digestCostSchema,
    }),
};

/** Size and sha-256 of a file behind ftp, beside what a person would type. */
export const ftp: Benchmark = {
  name: 'ftp',
  title: 'Size and sha-256 of a file behind ftp, on loopback',
  run: ({ progress }) =>
    withTemporaryFolder(async (folder) => {
      try {
        return await measure(folder, progress);
      } catch (error) {
        if (!(error instanceof MissingProgram)) throw error;
        return { figures: [], plots: [], notes: [], missed: [`ftp: ${error.message}`] };
      }
    }),
};

async function measure(folder: string, progress: (text: string) => void): Promise<Measured> {
  await ensureProgram({ test: ['curl', '--version'], packages: ['curl'] });
  const missing = await missingVsftpd();
  if (missing !== undefined) throw new MissingProgram(missing);
  const native = await compileNative(folder);
  const pipe: Reader = {
    label: 'curl | openssl',
    read: (place) =>
      measureProgram(native, ['sh', '-c', `curl --silent --fail ${place}/${film} | openssl dgst -sha256`]),
  };
  const server = await startVsftpd();
  try {
    const files = new Files(folder);
    await copyFile(await files.whole(size), join(server.folder, film));
    await copyFile(await files.whole(warmUpBytes(size)), join(server.folder, trailer));
    const costs = await interleave({ sides: [ours, pipe], rounds }, (side, round) => {
      progress(`1 GiB behind ftp: ${side.label}, run ${round + 1} of ${rounds}`);
      return side.read(`ftp://${server.host}:${server.port}`);
    });
    const beside = { size, ours: costs.get(ours) ?? [], peer: { name: pipe.label, costs: costs.get(pipe) ?? [] } };
    return {
      figures: [
        besideFigure({
          ...{ what: 'size and sha-256 of a file behind ftp', measure: 'throughput', ...beside },
          bar: { is: 'at least', value: 0.8 },
        }),
        besideFigure({ what: 'CPU time of it / of the pipe', measure: 'cpu', ...beside }),
      ],
      plots: [],
      notes: [`ftp: 1 GiB from vsftpd, medians of ${rounds} runs`],
      missed: [],
    };
  } finally {
    await server.stop();
  }
}
