import type { ByteInput, OpenBytes } from './bytes.js';

/** What is known of bytes besides themselves. */
export interface ByteOptions {
  /** A file name: the default name at the provider; its extension tells the kind of media. */
  name: string;
}

/**
 * A blob (a `File` too) as a source. Only this process can open it: after a restart, import the same again under the same key and
 * the upload goes on.
 */
export function fromBlob(blob: Blob, { name }: ByteOptions): ByteInput {
  const slice = async (from: number, to: number) => new Uint8Array(await blob.slice(from, to).arrayBuffer());
  return inMemory({ name, size: blob.size, slice });
}

/** Bytes in memory as a source. They must not be changed until the provider has them. As ephemeral as {@link fromBlob}. */
export function fromBuffer(buffer: Uint8Array, { name }: ByteOptions): ByteInput {
  return inMemory({ name, size: buffer.byteLength, slice: async (from, to) => buffer.subarray(from, to) });
}

function inMemory(source: {
  name: string;
  size: number;
  slice(from: number, to: number): Promise<Uint8Array>;
}): ByteInput {
  const { name, size, slice } = source;
  const state = { size, fingerprint: `bytes-${size}` };
  const open = async (): Promise<OpenBytes> => ({
    ...state,
    seekable: true,
    read: async (target, position) => {
      const stretch = await slice(position, Math.min(size, position + target.byteLength));
      target.set(stretch);
      return stretch.byteLength;
    },
    look: async () => state,
    close: async () => undefined,
  });
  return { kind: 'bytes', name, size, seekable: true, open };
}
