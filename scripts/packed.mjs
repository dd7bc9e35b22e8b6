// What a newcomer does: packs core and one adapter as they would be published, installs them in an empty project, and
// runs the README's first lines there, on this Node and on the current LTS. Fails too when the install has grown too big.

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withEmulator } from './emulator.mjs';
import { withInstalled } from './installed.mjs';
import { currentLts, root, run, runOnLts, runTool } from './workspace.mjs';

const limits = { bytes: 12_000_000, packages: 30 };

/** The first TypeScript block of the README: the lines that everybody copies. */
async function readmeProgram() {
  const readme = await readFile(join(root, 'README.md'), 'utf8');
  const program = /^```ts\n([\s\S]*?)^```$/m.exec(readme)?.[1];
  if (program === undefined) throw new Error('README.md has no ```ts block');
  return program;
}

/**
 * The program as it stands, but for the source: the emulator is reached through `IMPORTLY_BASE_URL`, and it fetches a clip of
 * its own instead of one from the web.
 */
function withSource(program, mediaUrl) {
  const source = /'https:\/\/example\.com\/[^']+'/g;
  const found = program.match(source)?.length ?? 0;
  if (found !== 1) throw new Error(`The README's first lines name ${found} sources at https://example.com, not one`);
  return program.replace(source, `'${mediaUrl}'`);
}

function assertSmall(size) {
  const said = `${(size.bytes / 1e6).toFixed(1)} MB in ${size.packages} packages`;
  if (size.bytes > limits.bytes || size.packages > limits.packages) {
    throw new Error(`The install is too big: ${said}; the limit is ${limits.bytes / 1e6} MB in ${limits.packages}.`);
  }
  return said;
}

async function checkTypes(project) {
  const compilerOptions = {
    module: 'NodeNext',
    target: 'ES2022',
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    typeRoots: [join(root, 'node_modules', '@types')],
    types: ['node'],
  };
  await writeFile(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['readme.ts'] }));
  await runTool('typescript/bin/tsc', ['-p', project]);
}

export function checkPackedInstall() {
  return withInstalled(['@sluice/core', '@sluice/importly'], async ({ project, size }) => {
    const said = assertSmall(size);
    const program = await readmeProgram();
    await writeFile(join(project, 'readme.ts'), program);
    await checkTypes(project);
    await withEmulator(async (emulator) => {
      await writeFile(join(project, 'readme.mjs'), withSource(program, emulator.mediaUrl));
      const options = { cwd: project, env: emulator.env };
      await run(process.execPath, ['readme.mjs'], options);
      await runOnLts(['readme.mjs'], options);
    });
    return { note: `${said}, on Node ${process.versions.node} and ${currentLts}` };
  });
}
