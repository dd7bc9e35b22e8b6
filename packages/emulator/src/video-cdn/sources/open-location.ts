import { openSource } from '../../media/source.js';
import type { VideoCdnState } from '../state.js';
import { openFtp } from './ftp.js';
import { openRsync } from './rsync.js';
import { openS3 } from './s3.js';

/** A source that is being read. */
export interface OpenLocation {
  bytes: AsyncIterable<Buffer>;
  contentType?: string;
  /** The far side has agreed to send it: what breaks off from here is a transfer and no refusal. Else the first byte tells. */
  answered?: boolean;
  /** Lets go of sockets, programs and files; to be called in any case. */
  close(): Promise<void>;
}

/** Opens the source of a file, by its scheme. Rejects with the reason where it cannot. */
export async function openLocation(state: VideoCdnState, location: string, signal: AbortSignal): Promise<OpenLocation> {
  const { protocol } = new URL(location);
  switch (protocol) {
    case 'ftp:':
      return openFtp(location, signal);
    case 'rsync:':
    case 'rsync+ssh:':
      return openRsync(state, location, signal);
    case 's3:':
      return openS3(state, location, signal);
    default: {
      const answer = await openSource({ ...state.rooms, closing: signal }, location);
      const contentType = answer.headers['content-type'];
      return {
        bytes: answer,
        answered: true,
        ...(contentType !== undefined && { contentType }),
        close: async () => void answer.destroy(),
      };
    }
  }
}
