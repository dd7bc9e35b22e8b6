import { createBytePlane } from '../../../../core/dist/platform/node-bytes/create.js';
import type { Sending } from '../sending.js';

/** The fields of the form, as everybody sends them. */
export const formFields: [string, string][] = [['key', 'film.mp4']];

/** Ours, one form with the file last, as the engine sends it. */
export async function send({ file, size, origin, digest }: Sending): Promise<void> {
  const plane = createBytePlane({});
  const bytes = await plane.openSource({ kind: 'file', path: file, size, modifiedAt: 0 });
  try {
    await plane.sendForm({
      ...{ bytes, digest, idleTimeoutMs: 20_000, signal: new AbortController().signal, moved: () => undefined },
      form: {
        ...{ url: `${origin}/bucket`, fields: formFields, fileField: 'file' },
        ...{ filename: 'film.mp4', contentType: 'video/mp4' },
      },
    });
  } finally {
    await bytes.close();
    await plane.close();
  }
}
