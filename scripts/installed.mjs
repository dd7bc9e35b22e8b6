// What an application gets that installs core and one adapter: packed as they would be published, put into an empty
// project. `node scripts/installed.mjs` prints how big that is, as JSON.

import { mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pack, withTemporaryFolder } from './pack.mjs';
import { isMain, run, script } from './workspace.mjs';

/** Hands over the project and its size, all dependencies counted. The project is gone afterwards. */
export function withInstalled(names, use) {
  return withTemporaryFolder(async (folder) => {
    const packed = await pack(folder, names);
    const project = await mkdtemp(join(folder, 'project-'));
    await writeFile(join(project, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
    const tarballs = packed.map(({ tarball }) => tarball);
    await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', ...tarballs], { cwd: project });
    return await use({ project, size: await sizeOf(join(project, 'node_modules')) });
  });
}

async function sizeOf(folder) {
  const lock = JSON.parse(await readFile(join(folder, '.package-lock.json'), 'utf8'));
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(files.map(async (file) => (await stat(join(file.parentPath, file.name))).size));
  return { bytes: sizes.reduce((sum, size) => sum + size, 0), packages: Object.keys(lock.packages).length };
}

if (isMain(import.meta.url)) {
  await script(() =>
    withInstalled(['@sluice/core', '@sluice/importly'], ({ size }) => console.log(JSON.stringify(size))),
  );
}
