/** What decides where an import lies in the user's bucket. */
export interface StorageNaming {
  storagePath?: string;
  storageFilename?: string;
  /** The original title. */
  title: string;
  /** Without a dot. */
  extension: string;
  /** The default path prefix of the settings. */
  prefix: string;
}

/**
 * The object's key, by the naming table of Importly's S3 Storage page: `storagePath`, else the default prefix, else the
 * root; then `storageFilename`, else the title; then the extension of the file's type. A title's slashes become dashes,
 * or it would make folders.
 */
export function storageKey({ storagePath, storageFilename, title, extension, prefix }: StorageNaming): string {
  const folder = (storagePath ?? prefix).replace(/^\/+|\/+$/g, '');
  const name = `${storageFilename ?? title.replace(/[/\\]/g, '-')}.${extension}`;
  return folder === '' ? name : `${folder}/${name}`;
}
