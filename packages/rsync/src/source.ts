import { constants } from 'node:fs';
import { type FileHandle, open as openFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type BytesState,
  defineSource,
  type OpenBytes,
  SluiceError,
  type SourceContext,
  type SourceMembers,
  sourceChanged,
} from '@sluice/core/adapter';
import * as z from 'zod';
import { makeCommand, type SshSettings } from './command.js';
import { missingProgram, rsyncError } from './failure.js';
import { type FilePlace, readPlace } from './place.js';
import { runProgram } from './run-program.js';
import { makeTemporaryFolder } from './temporary-folder.js';

const settingsSchema = z.object({
  /** Path of a file with the keys of hosts, in place of ssh's own. */
  knownHosts: z.string().min(1).optional(),
  /** Path of a private key, in place of ssh's own. */
  identityFile: z.string().min(1).optional(),
  /** `accept-new` takes the key of a host that is met for the first time, and writes it down. */
  hostKeys: z.enum(['known', 'accept-new']).default('known'),
  /** Path of the folder for copies, in place of the system's own for temporary files. */
  folder: z.string().min(1).optional(),
});

/**
 * Files behind `rsync://` and `rsync+ssh://`, by the programs rsync and ssh. rsync cannot be read at a position, so the file is copied
 * first: into a private folder that goes when the bytes are closed.
 */
export const rsync = defineSource({
  name: 'rsync',
  schemes: ['rsync', 'rsync+ssh'],
  settings: settingsSchema,
  create: ({ folder, ...ssh }): SourceMembers => {
    const fileAt = (url: string, context: SourceContext) => new RemoteFile(readPlace(url), context, { folder, ssh });
    return {
      look: async (url, context) => fileAt(url, context).look(),
      open: async (url, context) => fileAt(url, context).open(),
    };
  },
});

/** One file, and what is asked of it. */
class RemoteFile {
  readonly #place: FilePlace;
  readonly #context: SourceContext;
  readonly #settings: { folder: string | undefined; ssh: SshSettings };

  constructor(place: FilePlace, context: SourceContext, settings: { folder: string | undefined; ssh: SshSettings }) {
    this.#place = place;
    this.#context = context;
    this.#settings = settings;
  }

  /** Size and time of last change, from a listing of the one file. */
  async look(): Promise<BytesState> {
    const { path, remove } = await makeTemporaryFolder(this.#settings.folder);
    try {
      const listing = await this.#run(path, 'list');
      const [, size, date, time] = entryPattern.exec(listing) ?? [];
      if (size !== undefined) return { size: Number(size), fingerprint: `size ${size}, modified ${date} ${time}` };
      const message = `${this.#place.name}: this is no file`;
      throw new SluiceError({ code: 'source-unreachable', retry: 'never', message });
    } finally {
      await remove();
    }
  }

  async open(): Promise<OpenBytes> {
    const state = await this.look();
    const { path: folder, remove } = await makeTemporaryFolder(this.#settings.folder);
    try {
      await this.#run(folder, 'copy');
      const handle = await this.#openCopy(folder);
      return await this.#bytes(state, handle, remove).catch(async (error: unknown) => {
        await handle.close();
        throw error;
      });
    } catch (error) {
      await remove();
      throw error;
    }
  }

  /** Nothing that the far side sent may lead elsewhere. */
  async #openCopy(folder: string): Promise<FileHandle> {
    const copy = join(await realpath(folder), this.#place.path);
    if ((await realpath(copy)) === copy) return openFile(copy, constants.O_RDONLY | constants.O_NOFOLLOW);
    const message = `${this.#place.name}: its copy is no file`;
    throw new SluiceError({ code: 'source-unreachable', retry: 'never', message });
  }

  async #bytes(state: BytesState, handle: FileHandle, remove: () => Promise<void>): Promise<OpenBytes> {
    const { size } = await handle.stat();
    if (size !== state.size) {
      throw sourceChanged(`${this.#place.name} had ${state.size} bytes, and ${size} were copied`);
    }
    return {
      ...state,
      seekable: true,
      read: async (target, position) => (await handle.read(target, 0, target.byteLength, position)).bytesRead,
      look: () => this.look(),
      close: async () => {
        await handle.close();
        await remove();
      },
    };
  }

  async #run(folder: string, what: 'list' | 'copy'): Promise<string> {
    const { network, signal, idleTimeoutMs } = this.#context;
    const place = this.#place;
    if (network.proxy !== undefined) {
      const message = `${place.name}: rsync does not go through network.proxy; leave the proxy out, or take another source`;
      throw new SluiceError({ code: 'unsupported', message });
    }
    const address = await this.#context.resolve(place.host);
    const { ssh } = this.#settings;
    const command = await makeCommand({ place, address, folder, ssh, idleTimeoutMs }, what);
    const ended = await runProgram({ ...command, signal }).catch((error: unknown) => {
      if (signal.aborted) throw aborted(signal);
      throw missingProgram(error, place);
    });
    if (ended.code === 0) return ended.output;
    throw rsyncError(place, ended);
  }
}

/** A file in a listing: rights, size in bytes, time of last change in UTC. Folders on the way to it are listed too. */
const entryPattern = /^-[^\s]{9}\s+(\d+) (\d{4}\/\d\d\/\d\d) (\d\d:\d\d:\d\d) /m;

function aborted(signal: AbortSignal): SluiceError {
  if (SluiceError.is(signal.reason)) return signal.reason;
  return new SluiceError({ code: 'aborted', message: 'aborted by the caller', cause: signal.reason });
}
