import { readFile } from 'node:fs/promises';
// The engine's own, which no application sees: what is measured here is only how it moves bytes.
import { createBytePlane } from '../../../../core/dist/platform/node-bytes/create.js';
import { partUrl, type Sending } from '../sending.js';

/** Ours, as the engine sends it, without a job around it. */
export async function send({ file, size, partSize, inFlight, origin, digest, ca }: Sending): Promise<unknown> {
  const plane = createBytePlane(ca === undefined ? {} : { ca: await readFile(ca, 'utf8') });
  const opened = await plane.openSource({ kind: 'file', path: file, size, modifiedAt: 0 });
  try {
    return await plane.sendParts({
      ...{ bytes: opened, partSize, inFlight, digest, idleTimeoutMs: 20_000 },
      missing: Array.from({ length: Math.ceil(size / partSize) }, (_, index) => index + 1),
      signal: new AbortController().signal,
      moved: () => undefined,
      place: async (number) => ({ url: partUrl(origin, number), headers: {} }),
      arrived: async () => undefined,
      failed: async ({ kind, cause }) => {
        throw new Error(`a part was not taken: ${kind}`, { cause });
      },
    });
  } finally {
    await opened.close();
    await plane.close();
  }
}
