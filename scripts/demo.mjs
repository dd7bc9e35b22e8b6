// `npm run demo`: the main job on the emulator, from a fresh clone.

import { setUp } from './set-up.mjs';
import { run, script } from './workspace.mjs';

await script(async () => {
  await setUp();
  await run(process.execPath, ['packages/cli/bin/sluice.js', 'emulator', '--demo', ...process.argv.slice(2)], {
    show: true,
  });
});
