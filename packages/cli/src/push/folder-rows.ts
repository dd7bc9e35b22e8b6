import { stat } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { glob } from 'tinyglobby';
import type { Row } from '../manifest/row.js';
import { usageError } from '../usage.js';

/** Which files of a folder. */
export interface FolderWish {
  /** Globs; without any, every file. */
  include?: string[] | undefined;
  exclude?: string[] | undefined;
  /** Files that are there for us, such as the result. */
  except: string[];
}

/** A file of a folder, as a row. */
export type FileRow = Row & { cells: { source: string; name: string } };

/** What programs leave behind while they write, and systems beside other files; hidden ones are left out anyway. */
const temporary = [
  '**/*.{tmp,temp,part,partial,crdownload,download,swp,lock}',
  '**/*~',
  '**/~$*',
  '**/#*#',
  '**/{Thumbs.db,desktop.ini}',
];

/**
 * The files of a folder as rows, in the order of their names: each has its path within the folder as its name, whatever machine it is on.
 * @throws SluiceError `invalid-request` when it is no folder
 */
export async function readFolder(folder: string, { include, exclude = [], except }: FolderWish): Promise<FileRow[]> {
  const root = resolve(folder);
  const found = await stat(root).catch(() => undefined);
  if (found === undefined) throw usageError(`FOLDER ${folder}: is not there`);
  if (!found.isDirectory()) throw usageError(`FOLDER ${folder}: is no folder; sluice import takes a file`);
  const paths = await glob(include ?? ['**/*'], {
    cwd: root,
    ignore: [...temporary, ...exclude],
    dot: false,
    onlyFiles: true,
    followSymbolicLinks: false,
    expandDirectories: false,
  });
  const ours = new Set(except.map((path) => relative(root, resolve(path)).split(sep).join('/')));
  return paths
    .filter((path) => !ours.has(path))
    .sort()
    .map((name, index) => ({ number: index + 1, line: index + 1, cells: { source: join(root, name), name } }));
}
