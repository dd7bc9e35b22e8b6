// Looks at the public packages as a stranger gets them: publint on what package.json promises, attw on whether the types
// resolve, and nothing in the tarball that is not meant for the world.

import { pack, withTemporaryFolder } from './pack.mjs';
import { run, runTool } from './workspace.mjs';

/** A command has no module to import, so there are no types to resolve. */
function hasModules({ exports = {} }) {
  return Object.values(exports).some((target) => typeof target === 'object');
}

async function checkContents(name, tarball) {
  const entries = (await run('tar', ['-tzf', tarball])).trim().split('\n');
  const stray = entries.filter((entry) => /\.tsbuildinfo$|\.test\.|\/test\/|\/\.sluice\//.test(entry));
  if (stray.length > 0) throw new Error(`${name} would be published with ${stray.join(', ')}`);
  if (!entries.includes('package/LICENSE')) throw new Error(`${name} would be published without its licence`);
  if (!entries.includes('package/README.md')) throw new Error(`${name} would be published without a README.md`);
}

async function checkPackage({ name, manifest, tarball }) {
  await checkContents(name, tarball);
  await runTool('publint/src/cli.js', ['run', tarball, '--strict']);
  if (!hasModules(manifest)) return;
  await runTool('@arethetypeswrong/cli/dist/index.js', [tarball, '--profile', 'esm-only', '--no-emoji']);
}

/** Checks every public package; answers how many there are. */
export function checkPackages() {
  return withTemporaryFolder(async (folder) => {
    const packed = await pack(folder);
    for (const each of packed) await checkPackage(each);
    return packed.length;
  });
}
