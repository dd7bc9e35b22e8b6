import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ByteInput, fromBuffer, SluiceError } from '@sluice/core';
import type { AdapterUpload, FormUpload, Started } from '@sluice/core/adapter';
import { listen } from '../support/servers.js';
import { byteTaker } from './byte-taker.js';

const partSize = 100_000;
export const whole = new Uint8Array(3 * partSize).fill(7);
export const made: Started = { ref: 1, snapshot: { state: 'completed', rawState: 'done', items: [] } };

type Way = 'parts' | 'form' | 'whole';

/** A provider that takes bytes at `url` in one way. */
export function uploadTo(url: string, way: Way): AdapterUpload {
  const file = { fileField: 'file', filename: 'a.mp4', contentType: 'video/mp4' };
  const form: Omit<FormUpload, 'answer'> = { kind: 'form', url: `${url}/form`, fields: [], ...file, uploaded: 1 };
  return {
    async begin() {
      if (way === 'whole') return { ...form, answer: 'json' };
      if (way === 'form') return { ...form, answer: 'none' };
      const first = [1, 2, 3].map((number) => ({ number, url: `${url}/${number}` }));
      return { kind: 'parts', session: 1, uploaded: 1, partSize, first };
    },
    complete: async () => undefined,
    answered: () => made,
  };
}

/** Brings bytes by one way to a store that answers what the test says; what came of it, and what was asked of the store. */
export async function bring(
  way: Way,
  answer: (path: string, response: ServerResponse, request: IncomingMessage) => void,
  source: ByteInput = fromBuffer(whole, { name: 'a.mp4' }),
) {
  const asked: string[] = [];
  const { url } = await listen((request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    answer(path, response, request);
  });
  const sluice = byteTaker({
    baseUrl: url,
    way: { name: way, shape: way === 'parts' ? 'parts' : 'form', minBytes: 1, maxBytes: 100_000_000 },
    made,
    upload: uploadTo(url, way),
  });
  const job = await sluice.import({ source });
  const error = await job.wait().then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error !== undefined && !SluiceError.is(error)) throw error;
  return { error, snapshot: job.snapshot, asked };
}

/** Reads all of a request, then answers. */
export function whenRead(request: IncomingMessage, answer: () => void): void {
  request.resume().on('end', answer);
}

export function refuse(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status).end(`<Error><Code>${code}</Code><Message>As it says</Message></Error>`);
}

/** True for the first request to a path. */
export function firstly(): (path: string) => boolean {
  const seen = new Set<string>();
  return (path) => !seen.has(path) && seen.add(path) !== undefined;
}
