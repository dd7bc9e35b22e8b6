import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as z from 'zod';
import type { Benchmark } from '../figures/benchmark.js';

/** The workspace's own measure, which its checks use too. */
const script = fileURLToPath(new URL('../../../../scripts/installed.mjs', import.meta.url));

const sizeSchema = z.object({ bytes: z.int(), packages: z.int() });

/** What lands on the disk of who installs core and one adapter. */
export const size: Benchmark = {
  name: 'size',
  title: 'Installed size of core and one adapter, all dependencies',
  run: async ({ progress }) => {
    progress('packing, and installing in an empty project');
    const { stdout } = await promisify(execFile)(process.execPath, [script]);
    const { bytes, packages } = sizeSchema.parse(JSON.parse(stdout));
    const megabytes = { value: bytes / 1e6, unit: 'MB' } as const;
    const count = { value: packages, unit: 'packages' } as const;
    return {
      figures: [
        { what: 'size of core and importly', ours: megabytes, figure: megabytes, bar: { is: 'at most', value: 12 } },
        { what: 'packages with core and importly', ours: count, figure: count, bar: { is: 'at most', value: 30 } },
      ],
      plots: [],
      notes: ['the tarballs as they would be published, installed by npm'],
      missed: [],
    };
  },
};
