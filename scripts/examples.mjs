// Runs every example as its reader would, with the emulator in the provider's place.

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { withEmulator } from './emulator.mjs';
import { root, run } from './workspace.mjs';

/** An example is a folder with a `main.js` that ends well when all went well. */
export async function runExamples() {
  const names = readdirSync(join(root, 'examples')).filter((name) =>
    existsSync(join(root, 'examples', name, 'main.js')),
  );
  if (names.length === 0) throw new Error('There is no example: examples/NAME/main.js');
  for (const name of names) {
    const cwd = join(root, 'examples', name);
    await withEmulator(({ env }) => run(process.execPath, ['main.js'], { cwd, env }));
  }
  return { passed: names.length, note: names.join(', ') };
}
