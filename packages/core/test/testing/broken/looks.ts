import * as z from 'zod';
import { SluiceError } from '../../../src/adapter.js';
import { behaving, idOf } from '../acme.js';
import { type Broken, calling, looking } from './breaking.js';

export const brokenLooks: Broken = {
  'looks with one call that leaves nothing behind': {
    'looks twice': behaving((members) => ({
      status: async (ref, context) => {
        await members.status(ref, context);
        return members.status(ref, context);
      },
    })),
    'looks with a call that counts': calling((http) => ({ call: (call) => http.call({ ...call, effect: 'once' }) })),
  },
  'knows every word for a job that is not over': {
    'does not know one': looking(
      (snapshot) => snapshot.rawState === 'working' && Object.assign(snapshot, { unmapped: true }),
    ),
    'puts its own word in place of the provider’s': looking((snapshot) =>
      Object.assign(snapshot, { rawState: 'in progress' }),
    ),
    'tells of two files under one reference meanwhile': looking((snapshot) => {
      const item = { ok: false, ref: 'clip', message: 'too short' } as const;
      if (snapshot.rawState === 'working') Object.assign(snapshot, { items: [item, { ...item }] });
    }),
    'takes one as the end': looking(
      (snapshot) => snapshot.state === 'queued' && Object.assign(snapshot, { state: 'completed' }),
    ),
  },
  'tells what was made of each file of a completed job': {
    'tells of no file': looking((snapshot) => Object.assign(snapshot, { items: [] })),
    'tells of one twice': looking(({ items = [] }) => items.push(...items)),
    'never sees the end': looking((snapshot) => Object.assign(snapshot, { state: 'running' })),
    'gives no URL as one': looking(({ items = [] }) =>
      items.map((item) => item.ok && Object.assign(item.asset, { url: 'clip.mp4' })),
    ),
    'gives a time that is none': looking(({ items = [] }) =>
      items.map((item) => item.ok && Object.assign(item.asset, { expiresAt: 'soon' })),
    ),
  },
  'tells a failure as a verdict, with the reason, and not as an error': {
    'throws the verdict': looking(({ state, message = '' }) => {
      if (state === 'failed') throw new SluiceError({ code: 'source-unreachable', message });
    }),
    'gives no reason': looking((snapshot) => {
      delete snapshot.message;
    }),
  },
  'takes a word that it does not know as running, unmapped': {
    'takes it as failed': looking(
      (snapshot) => snapshot.unmapped && Object.assign(snapshot, { state: 'failed', message: 'what?' }),
    ),
    'keeps it to itself': looking((snapshot) => {
      delete snapshot.unmapped;
    }),
  },
  'reads past fields that it does not know': {
    'reads strictly': behaving((members) => ({
      status: (ref, context) => {
        const strict = z.strictObject({
          id: z.string(),
          state: z.string(),
          bytes: z.int().optional(),
          reason: z.string().optional(),
        });
        const http: typeof context.http = {
          call: async (call) => {
            const answer = await context.http.call(call);
            answer.parse(strict);
            return answer;
          },
        };
        return members.status(ref, { ...context, http });
      },
    })),
  },
  'needs nothing but reference and memo to look': {
    'remembers its last start': behaving((members) => {
      let last = 'nothing';
      return {
        start: async (request, context) => {
          const started = await members.start(request, context);
          last = idOf(started.ref);
          return started;
        },
        status: async (ref, context) => ({
          ...(await members.status(ref, context)),
          warnings: [{ code: 'last', message: last }],
        }),
      };
    }),
  },
};
