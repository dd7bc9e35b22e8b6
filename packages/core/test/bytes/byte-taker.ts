import { createSluice, type Sluice } from '@sluice/core';
import { type AdapterUpload, defineAdapter, type Started, type UploadWay } from '@sluice/core/adapter';
import { onTestFinished } from 'vitest';
import * as z from 'zod';

/** A client, for one test, of a provider that takes bytes in one way and is done with its start. */
export function byteTaker(taker: {
  baseUrl: string;
  way: UploadWay;
  canList?: boolean;
  made: Started;
  upload: AdapterUpload;
}): Sluice {
  const { baseUrl, way, canList = false, made, upload } = taker;
  const adapter = defineAdapter({
    name: 'taker',
    settings: z.object({}),
    options: z.object({}),
    capabilities: {
      upload: { ways: [way], canList, canSign: false },
      checks: [],
      cancel: false,
      webhook: 'none',
      idempotentStart: false,
      limits: {},
    },
    create: () => ({
      wire: { baseUrl },
      start: async () => made,
      status: () => Promise.reject(new Error('it is over at once')),
      upload,
    }),
  });
  const sluice = createSluice({ providers: { taker: adapter({}) } });
  onTestFinished(() => sluice.close());
  return sluice;
}
