// `npm run bench`: Sluice and its peers in one run, as ratios.

import { setUp } from './set-up.mjs';
import { run, script } from './workspace.mjs';

await script(async () => {
  await setUp();
  await run(process.execPath, ['packages/bench/dist/main.js', ...process.argv.slice(2)], { show: true });
});
