import { fromBuffer } from '@sluice/core';
import { type AdapterUpload, type ListedPart, SluiceError } from '@sluice/core/adapter';
import { expect, test } from 'vitest';
import { listen } from '../support/servers.js';
import { byteTaker } from './byte-taker.js';

const partSize = 10;

/** An object store that counts the PUTs of each part. */
async function startStore(): Promise<{ base: string; puts: Map<number, number> }> {
  const puts = new Map<number, number>();
  const { url } = await listen((request, response) => {
    const number = Number(new URL(request.url ?? '', 'http://store').pathname.slice(1));
    request.resume();
    request.on('end', () => {
      puts.set(number, (puts.get(number) ?? 0) + 1);
      response.writeHead(200, { etag: `"part-${number}"` }).end();
    });
  });
  return { base: url, puts };
}

interface Told {
  reports: number[][];
  completed: number[][];
  begun: number;
}

/** A provider that wants to be told of parts; what it does besides is `own`. */
function connect(base: string, own: (told: Told) => Partial<AdapterUpload>) {
  const told: Told = { reports: [], completed: [], begun: 0 };
  const upload: AdapterUpload = {
    async begin(_request, { size }) {
      told.begun += 1;
      const first = Array.from({ length: Math.ceil(size / partSize) }, (_, index) => ({
        number: index + 1,
        url: `${base}/${index + 1}`,
      }));
      return { kind: 'parts', session: { id: told.begun }, uploaded: { id: told.begun }, partSize, first };
    },
    list: async () => [],
    report: async (_session, parts) => void told.reports.push(parts.map(({ number }) => number)),
    complete: async (_session, parts) => void told.completed.push(parts.map(({ number }) => number)),
  };
  const sluice = byteTaker({
    baseUrl: base,
    way: { name: 'parts', shape: 'parts', minBytes: 1, maxBytes: 1_000_000 },
    canList: true,
    made: { ref: 1, snapshot: { state: 'completed', rawState: 'done', items: [made] } },
    upload: { ...upload, ...own(told) },
  });
  const bring = async (size: number) => {
    const job = await sluice.import({ source: fromBuffer(new Uint8Array(size), { name: 'a.mp4' }) });
    return job.wait({ timeoutMs: 20_000 });
  };
  return { told, bring };
}

const made = { ok: true, ref: 'a', asset: { id: 'a' } } as const;

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

test('parts are reported in batches, all of them before the upload is completed', async () => {
  const { base, puts } = await startStore();
  const { told, bring } = connect(base, (seen) => ({
    complete: async () => expect(seen.reports.flat()).toHaveLength(120),
  }));
  expect((await bring(1_195)).state).toBe('completed');
  expect(puts.size).toBe(120);
  expect(told.reports.map(({ length }) => length)).toEqual([50, 50, 20]);
  expect(told.reports.flat().sort((a, b) => a - b)).toEqual(upTo(120));
});

test('what arrived and is not listed is reported and not sent again; what failed at the provider is sent again', async () => {
  const { base, puts } = await startStore();
  const lists: ListedPart[][] = [
    [],
    [
      { number: 1, size: partSize },
      { number: 2, size: partSize, failed: true },
    ],
  ];
  const { told, bring } = connect(base, (seen) => ({
    list: async () => lists.shift() ?? [],
    complete: async (_session, parts) => {
      seen.completed.push(parts.map(({ number }) => number));
      if (seen.completed.length === 1) throw new SluiceError({ code: 'unavailable', message: 'not yet' });
    },
  }));
  expect((await bring(45)).state).toBe('completed');
  expect([1, 2, 3, 4, 5].map((number) => puts.get(number))).toEqual([1, 2, 1, 1, 1]);
  expect(told.reports).toHaveLength(2);
  expect(told.reports[1]?.sort()).toEqual([2, 3, 4, 5]);
  expect(told.completed).toEqual([upTo(5), upTo(5)]);
  expect(told.begun).toBe(1);
});

test('a session that the provider does not know any more is begun anew, and the job says so', async () => {
  const { base, puts } = await startStore();
  const { told, bring } = connect(base, (seen) => ({
    report: async () => {
      if (seen.begun === 1) throw new SluiceError({ code: 'not-found', message: 'no such upload' });
    },
  }));
  const { state, warnings } = await bring(25);
  expect(state).toBe('completed');
  expect(warnings).toMatchObject([{ code: 'upload-anew', message: expect.stringContaining('no such upload') }]);
  expect(told.begun).toBe(2);
  expect([1, 2, 3].map((number) => puts.get(number))).toEqual([2, 2, 2]);
});
