import type { Benchmark, Measured } from '../figures/benchmark.js';
import { MissingProgram } from '../processes/debian.js';
import { withTemporaryFolder } from '../processes/temporary-folder.js';
import { everybody } from './everybody.js';
import { Files } from './files.js';
import { firework } from './firework.js';
import { form } from './form.js';
import { grid } from './grid.js';
import { memory } from './memory.js';
import { compileNative } from './native.js';
import type { Room } from './room.js';
import { secure } from './secure.js';

/** What is measured about bytes on their way, in the order of the report. Other routes are other lines here. */
const sections: readonly ((room: Room) => Promise<Measured>)[] = [everybody, form, secure, firework, memory, grid];

/** How fast bytes go out, at which cost in CPU time and memory, beside everybody who sends them too. */
export const upload: Benchmark = {
  name: 'upload',
  title: 'Uploads to a store on loopback that keeps nothing',
  run: ({ full, progress }) =>
    withTemporaryFolder(async (folder) => {
      try {
        const native = await compileNative(folder);
        return await inTurn({ native, files: new Files(folder), full, progress });
      } catch (error) {
        if (!(error instanceof MissingProgram)) throw error;
        return { figures: [], plots: [], notes: [], missed: [`uploads: ${error.message}`] };
      }
    }),
};

async function inTurn(room: Room): Promise<Measured> {
  const measured: Measured[] = [];
  for (const section of sections) measured.push(await section(room));
  return {
    figures: measured.flatMap(({ figures }) => figures),
    plots: measured.flatMap(({ plots }) => plots),
    notes: [
      "every side in a process of its own, which sends a little before it is measured where it runs in Node; Node's own start is left out",
      'the sink reads every byte and forgets it, and says how many came',
      ...measured.flatMap(({ notes }) => notes),
    ],
    missed: measured.flatMap(({ missed }) => missed),
  };
}
