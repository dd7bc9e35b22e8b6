import { type CallsContext, type JobState, SluiceError } from '@sluice/core/adapter';
import { readDone } from './answers.js';
import { filesNamed } from './find-file.js';
import type { ParsedSettings } from './settings.js';

/** A file at the Video CDN. */
export interface VideoCdnFile {
  id: string;
  /** The provider's own word. */
  status: string;
  /** What the word means; absent for one that the adapter does not know. */
  state?: JobState;
  /** Bytes. */
  size?: number;
  /** Lower-case hex. */
  sha256?: string;
  url?: string;
  /** Why it failed. */
  message?: string;
}

/** What the Video CDN's API has besides imports, reached through `sluice.provider(name)`. */
export interface VideoCdnCalls {
  /** The file that has a name; undefined where none has. */
  file(name: string): Promise<VideoCdnFile | undefined>;
  /** Deletes a file by its id. @throws SluiceError `not-found` where the provider says so */
  deleteFile(id: string): Promise<void>;
}

export function callsOf({ http }: CallsContext, settings: ParsedSettings): VideoCdnCalls {
  const { parameters, paths } = settings;
  return {
    file: async (name) => {
      const [file] = await filesNamed(http, assertGiven(name, 'name'), settings);
      if (file === undefined) return undefined;
      const { id, word, standing, size, sha256, url, message } = file;
      return {
        id,
        status: word,
        ...(standing !== undefined && { state: standing }),
        ...(size !== undefined && { size }),
        ...(sha256 !== undefined && { sha256 }),
        ...(url !== undefined && { url }),
        ...(message !== undefined && { message }),
      };
    },
    deleteFile: async (id) => {
      const form = { [parameters.id]: assertGiven(id, 'id') };
      // What is gone is gone, however often.
      readDone(await http.call({ method: 'POST', path: paths.delete, form, effect: 'repeatable' }), settings);
    },
  };
}

function assertGiven(value: string, what: string): string {
  if (value !== '') return value;
  throw new SluiceError({ code: 'invalid-request', message: `the ${what} of a file must not be empty` });
}
