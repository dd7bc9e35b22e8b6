/**
 * What Importly itself appends to a storage filename ("Extension is added automatically based on file type", Importly, Import
 * Endpoint page): the extensions of the media files there are. A closed list and not "whatever follows the last dot", because
 * `v1.2`, `Mr. Robot` and `talk.by.ann` are names without an extension.
 */
const mediaExtensions = new Set(
  [
    'mp4 m4v mov qt mkv webm avi wmv asf flv f4v mpg mpeg m1v m2v m2ts mts ts vob ogv ogm 3gp 3g2 rm rmvb divx mxf m3u8 mpd',
    'mp3 m4a m4b mp2 aac wav flac alac aif aiff ogg oga opus wma weba mka ac3',
    'jpg jpeg png gif webp',
  ].flatMap((kind) => kind.split(' ')),
);

/** The media extension that a filename ends in, without its dot; undefined for a name that ends in none. */
export function mediaExtension(filename: string): string | undefined {
  const dot = filename.lastIndexOf('.');
  const ending = filename.slice(dot + 1);
  return dot >= 0 && mediaExtensions.has(ending.toLowerCase()) ? ending : undefined;
}

/** What is wrong with a folder path in the bucket; undefined when it is fine. */
export function folderProblem(path: string): string | undefined {
  if (path.startsWith('/') || path.endsWith('/')) return 'must not begin or end with a slash';
  if (path.split('/').some((segment) => segment === '..' || segment === '.'))
    return 'must not hold the segments "." or ".."';
  return path.includes('//') ? 'must not hold an empty segment' : undefined;
}

/** Where a file goes in the bucket, in Importly's two parameters. */
export interface StoragePlace {
  storagePath?: string;
  storageFilename: string;
}

/** A neutral name as Importly's parameters: its folders, and its last segment without a media extension. */
export function placeOf(name: string): StoragePlace {
  const slash = name.lastIndexOf('/');
  const filename = name.slice(slash + 1);
  const extension = mediaExtension(filename);
  const storageFilename = extension === undefined ? filename : filename.slice(0, -extension.length - 1);
  return { ...(slash > 0 && { storagePath: name.slice(0, slash) }), storageFilename };
}

/** What is wrong with a neutral name as a place in the bucket; undefined when it is fine. */
export function nameProblem(name: string): string | undefined {
  const problem = folderProblem(name);
  if (problem !== undefined) return problem;
  return placeOf(name).storageFilename === '' ? 'must hold more than an extension' : undefined;
}
