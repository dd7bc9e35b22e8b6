import {
  defineSource,
  type OpenBytes,
  rangedBytes,
  SluiceError,
  type SourceContext,
  type SourceMembers,
  type SourceState,
} from '@sluice/core/adapter';
import * as z from 'zod';
import { type FilePlace, readPlace } from './place.js';
import { Session } from './session.js';

const settingsSchema = z.object({
  /** By host, with its port where the URL has one: how the server is spoken to. */
  servers: z.record(z.string(), z.strictObject({ tls: z.enum(['none', 'implicit', 'explicit']) })).default({}),
  /** Connections to one server at once, for one job. */
  connections: z.int().min(1).default(6),
});

/** Files behind `ftp://` and `ftps://`, in passive mode. */
export const ftp = defineSource({
  name: 'ftp',
  schemes: ['ftp', 'ftps'],
  settings: settingsSchema,
  create: ({ servers, connections }): SourceMembers => {
    const placeOf = (url: string) => readPlace(url, (host) => servers[host]?.tls);
    return {
      look: async (url, context) => lookAt(placeOf(url), context),
      open: async (url, context) => openFile(placeOf(url), context, connections),
    };
  },
});

async function lookAt(place: FilePlace, context: SourceContext): Promise<SourceState> {
  const session = await Session.open(place, context, context.signal);
  try {
    return await session.look();
  } finally {
    session.close();
  }
}

async function openFile(place: FilePlace, context: SourceContext, connections: number): Promise<OpenBytes> {
  const session = await Session.open(place, context, context.signal);
  try {
    const told = await session.look();
    const size = told.size ?? context.expectedSize;
    if (size === undefined) {
      const message = `${place.name}: the server does not tell its size; give it as expect.size`;
      throw new SluiceError({ code: 'unsupported', message });
    }
    return rangedBytes({
      name: place.name,
      size,
      fingerprint: told.fingerprint,
      seekable: await session.restarts(),
      openAt: async (position, signal) => (await Session.open(place, context, signal)).read(position),
      look: async () => {
        const now = await lookAt(place, context);
        return { size: now.size ?? size, fingerprint: now.fingerprint };
      },
      signal: context.signal,
      idleTimeoutMs: context.idleTimeoutMs,
      streams: connections,
    });
  } finally {
    session.close();
  }
}
