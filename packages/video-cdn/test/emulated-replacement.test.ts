import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSluice, type ImportRequest, type Sluice } from '@sluice/core';
import { type Emulator, type EmulatorOptions, startEmulator } from '@sluice/emulator';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { videoCdn } from '../src/index.js';

type IfExists = NonNullable<ImportRequest['ifExists']>;

/** What there is to import under a name that is taken. */
const contents = ['the same', 'the same size', 'another size'] as const;
const bytes = { 'the same': 'first', 'the same size': 'other', 'another size': 'longer' };

let media = '';
const server = createServer(({ url = '' }, response) => {
  const content = contents[Number(url.slice(1))];
  const body = content === undefined ? '' : bytes[content];
  response.writeHead(body === '' ? 404 : 200, { 'content-length': body.length }).end(body);
});
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  media = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

interface Row {
  state: 'queued' | 'ready' | 'failed';
  content: (typeof contents)[number];
  /** Whether a sha-256 is asked for. */
  checksum: boolean;
  ifExists: IfExists;
  expected: 'replaced' | 'existing' | 'conflict';
}

/** "Reimport and duplications" of the import page, every row of it. */
const rows = (['queued', 'ready', 'failed'] as const).flatMap((state) =>
  contents.flatMap((content) =>
    [true, false].flatMap((checksum) =>
      (['replace', 'skip', 'fail'] as const).map(
        (ifExists): Row => ({
          state,
          content,
          checksum,
          ifExists,
          expected: expected({ state, content, checksum, ifExists }),
        }),
      ),
    ),
  ),
);

function expected({ state, content, checksum, ifExists }: Omit<Row, 'expected'>): Row['expected'] {
  if (ifExists === 'fail') return 'conflict';
  // A failed file stays, and cannot be what was asked for.
  if (ifExists === 'skip') return state === 'failed' ? 'conflict' : 'existing';
  if (state === 'failed' || content === 'another size') return 'replaced';
  return content === 'the same size' && checksum ? 'replaced' : 'existing';
}

/** How the provider may answer, since nobody says. */
const ways: Record<string, NonNullable<EmulatorOptions['videoCdn']>> = {
  'a 409 where the name must stay, the file itself where it is the same': {},
  'an error with 200, the same id for a replacement': { taken: 'error', identical: 'error', replacementId: 'kept' },
  'the file in either case': { taken: 'ok', identical: 'ok' },
  'words for what was done': { taken: 'ok', identical: 'ok', tellsResult: true, replacementId: 'kept' },
};

describe.each(Object.entries(ways))('where the provider answers with %s', (_way, settings) => {
  let emulator: Emulator;
  let sluice: Sluice;
  beforeAll(async () => {
    emulator = await startEmulator({ videoCdn: { ...settings, pullMs: 0 } });
    sluice = clientOf(emulator);
  });
  afterAll(async () => {
    await sluice.close();
    await emulator.close();
  });

  test.each(rows)(
    'a file that is $state, and $content with checksum $checksum, ifExists $ifExists: $expected',
    async (row) => {
      const { state, content, checksum, ifExists, expected: result } = row;
      const name = `films/${Object.values(row).join('-')}.mp4`;
      emulator.videoCdn.setPulls(state === 'queued' ? 0 : 2);
      await addFirst(emulator, { state, name });
      const before = emulator.videoCdn.counts();
      const source = `${media}/${contents.indexOf(content)}`;
      const job = await sluice.import({ source, name, ifExists, ...(checksum && { expect: { sha256: 'compute' } }) });
      await vi.waitFor(() => expect(emulator.videoCdn.counts().add).toBe(before.add + 1), {
        timeout: 20_000,
        interval: 5,
      });
      emulator.videoCdn.setPulls(2);
      const error = await job.wait({ timeoutMs: 40_000 }).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      const [item] = job.snapshot.items;
      if (result === 'conflict') expect(error).toMatchObject({ code: 'conflict', retry: 'never' });
      else expect([error, item]).toMatchObject([undefined, { ok: true, outcome: result }]);
      const { add, filesAccepted } = emulator.videoCdn.counts();
      expect([add - before.add, filesAccepted - before.filesAccepted]).toEqual([1, result === 'replaced' ? 1 : 0]);
      const differs = ifExists === 'skip' && result === 'existing' && content !== 'the same';
      const codes = job.snapshot.warnings.map(({ code }) => code);
      expect(codes).toEqual(differs && (checksum || content === 'another size') ? ['existing-differs'] : []);
    },
  );
});

/** A client that is not closed by itself, for all rows of one way. */
function clientOf({ videoCdn: { baseUrl, login, password } }: Emulator): Sluice {
  const providers = { cdn: videoCdn({ baseUrl, login, password, pollIntervalMs: 10 }) };
  return createSluice({ providers, network: { allowPrivateAddresses: true } });
}

/** What has the name already. */
async function addFirst(emulator: Emulator, { state, name }: Pick<Row, 'state'> & { name: string }): Promise<void> {
  const { baseUrl, login, password } = emulator.videoCdn;
  const first = bytes['the same'];
  const location = `${media}/${state === 'failed' ? 'none' : 0}`;
  const chksum = createHash('sha256').update(first).digest('hex');
  const form = { location, name, size: String(first.length), chksum };
  const headers = { authorization: `Basic ${btoa(`${login}:${password}`)}` };
  const answer = await fetch(`${baseUrl}/file/add`, { method: 'POST', headers, body: new URLSearchParams(form) });
  expect(answer.status).toBe(200);
  if (state === 'queued') return;
  const mine = () => emulator.videoCdn.files().find((file) => file.name === name);
  await vi.waitFor(() => expect(mine()).toMatchObject({ status: state }), { timeout: 20_000, interval: 5 });
}
