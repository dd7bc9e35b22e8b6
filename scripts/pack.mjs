// Packs the public packages as they would be published.

import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packages, pnpm } from './workspace.mjs';

/** A folder that is gone afterwards, whatever happens. */
export async function withTemporaryFolder(use) {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-packed-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Packs every public package, or those named, into `folder`; answers with the tarball of each. */
export async function pack(folder, names) {
  const chosen = packages().filter(({ name, isPublic }) => isPublic && (names === undefined || names.includes(name)));
  const filters = chosen.map(({ name }) => `--filter=${name}`);
  await pnpm(['--recursive', ...filters, 'pack', '--pack-destination', folder]);
  const files = await readdir(folder);
  return chosen.map(({ name, manifest }) => {
    const file = `${name.replace('@', '').replace('/', '-')}-${manifest.version}.tgz`;
    if (!files.includes(file)) throw new Error(`${name} was not packed: ${file} is missing`);
    return { name, manifest, tarball: join(folder, file) };
  });
}
