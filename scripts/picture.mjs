// Runs the demo, or a batch, in a terminal and draws it: `node scripts/picture.mjs demo` is docs/images/demo.svg, what stands there at the end,
// and, where pictures may move, how it came to that; `node scripts/picture.mjs batch` is docs/images/batch-display.svg, a moment in the middle.
// Needs tmux.

import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setUp } from './set-up.mjs';
import { draw, film, readScreen } from './terminal-picture.mjs';
import { root, script } from './workspace.mjs';

const pictures = {
  demo: {
    file: 'demo.svg',
    title: 'npm run demo',
    command: 'npm run --silent demo',
    size: { columns: 104, rows: 60 },
    choose: wholeDemo,
  },
  batch: {
    ...{ file: 'batch-display.svg', title: 'sluice batch rows.csv', command: 'node scripts/batch-scene.mjs' },
    ...{ size: { columns: 120, rows: 30 }, choose: middleOfBatch },
  },
};

await script(async () => {
  await setUp();
  const [name = 'demo'] = process.argv.slice(2);
  const picture = pictures[name];
  if (picture === undefined)
    throw new Error(`no picture is called ${name}; there are ${Object.keys(pictures).join(', ')}`);
  const { command, size, choose, title } = picture;
  const frames = choose(await film(command, size));
  const file = join(root, 'docs', 'images', picture.file);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, draw(frames, { title, columns: size.columns }));
  process.stdout.write(`${file}\n`);
});

/** Cut to the lines that the last frame fills before its advice on what next, and to the frames that show anything. */
function wholeDemo(screens) {
  const frames = screens.map(readScreen);
  const last = frames.at(-1);
  const advice = last.findIndex((line) => line.includes('>What next<'));
  const top = last.findIndex(Boolean);
  const bottom = last.slice(0, advice < 0 ? undefined : advice).findLastIndex(Boolean);
  return frames.map((lines) => lines.slice(top, bottom + 1)).filter((lines) => lines.some(Boolean));
}

/** The last moment at which rows wait for all that there is to wait for. */
function middleOfBatch(screens) {
  const wanted = ['does not answer', 'for a limit', ' left', 'failed', 'MB/s'];
  const screen = screens.findLast((one) => wanted.every((words) => one.includes(words)));
  if (screen === undefined) throw new Error(`no moment shows all of: ${wanted.join(', ')}`);
  const lines = readScreen(screen);
  return [lines.slice(lines.findIndex(Boolean), lines.findLastIndex(Boolean) + 1)];
}
