/** Where a file stands. */
export type EmulatedCdnState = 'queued' | 'fetching' | 'ready' | 'failed';

/** A file at the emulated Video CDN. */
export interface EmulatedCdnFile {
  id: number;
  /** The whole path, without a slash at its front. */
  name: string;
  /** The source, without credentials and query. */
  source: string;
  status: EmulatedCdnState;
  /** Bytes, as the add said. */
  size: number;
  /** sha-256 in hex, as the add said. */
  chksum?: string;
  /** Of the bytes that were fetched. */
  measured?: { size: number; sha256: string };
  priority: number;
  protection?: string;
  speed?: string;
  buffer?: string;
  /** Whether it took the place of another. */
  replaced: boolean;
  /** Why it failed. */
  message?: string;
  /** Times are ms since the epoch on the provider's clock. */
  createdAt: number;
  startedAt: number | null;
  completedAt: number | null;
}

/** The same with what nobody is shown. */
export interface HeldFile {
  shown: EmulatedCdnFile;
  /** With its credentials. */
  location: string;
  callback: string | undefined;
  /** Aborts when it is replaced or deleted: its pull ends then. */
  gone: AbortController;
  /** The object that holds its bytes. */
  objectKey?: string;
}
