import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { fromFile } from '@sluice/core/node';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { AdapterRequest, Problem } from '../../src/model/adapter.js';
import type { ByteInput } from '../../src/model/bytes.js';
import { SluiceError } from '../../src/model/error.js';
import { fromBlob, fromBuffer } from '../../src/model/from-bytes.js';
import { fromStream } from '../../src/model/from-stream.js';
import { memoryStore } from '../../src/store/memory.js';
import { started } from '../support/acme.js';
import { makeClient } from '../support/client.js';
import { acmeUpload } from '../testing/acme-upload.js';

const samplePath = fileURLToPath(new URL('../../../emulator/media/sample.mp4', import.meta.url));
const sample = new Uint8Array(await readFile(samplePath));
const whatSampleSays = {
  durationSeconds: 6,
  width: 640,
  height: 360,
  videoCodec: 'avc',
  audioCodec: 'aac',
  mimeType: 'video/mp4',
};

afterEach(() => vi.doUnmock('mediabunny'));

/** A provider that takes videos of at least `leastSeconds`, in one form, and what its `check` and its start were shown. */
function client(leastSeconds = 3, reads: 'media'[] = ['media']) {
  const shown: AdapterRequest['media'][] = [];
  const check = ({ media }: AdapterRequest): Problem[] => {
    shown.push(media);
    const tooShort = media?.durationSeconds !== undefined && media.durationSeconds < leastSeconds;
    return tooShort ? [{ severity: 'error', field: 'source.duration', message: `at least ${leastSeconds} s` }] : [];
  };
  const ways = [{ name: 'form', shape: 'form' as const, minBytes: 1, maxBytes: 1_000_000 }];
  const { wish: _wish, answered: _answered, ...upload } = acmeUpload('https://api.acme.example', () => started('a1'));
  const begin = vi.fn(async () => Promise.reject(new Error('no byte may move')));
  const store = memoryStore();
  const made = makeClient(
    {
      members: { check, upload: { ...upload, ways, begin } },
      capabilities: { reads, upload: { ways, canList: false, canSign: false } },
    },
    { store },
  );
  return { ...made, shown, begin };
}

/** Bytes whose `open` says for the first time whether they can be read anywhere. */
function unknownBytes(): ByteInput {
  const { seekable: _seekable, ...input } = fromBuffer(sample, { name: 'clip.mp4' });
  return input;
}

describe('the container of a source', () => {
  it.each([
    ['a file', () => fromFile(samplePath)],
    ['a buffer', () => fromBuffer(sample, { name: 'clip.mp4' })],
    ['a blob', () => fromBlob(new Blob([sample]), { name: 'clip.mp4' })],
  ])('that is %s is read before the job is there, and shown to the adapter', async (_what, source) => {
    const { sluice, shown, store } = client(7);
    await expect(sluice.import({ source: source() })).rejects.toMatchObject({
      code: 'invalid-request',
      message: 'source.duration: at least 7 s',
    });
    expect(shown.at(-1)).toEqual(whatSampleSays);
    for await (const record of store.list()) expect.fail(`there is ${record.id}`);
  });

  it('is in the plan, with what is wrong with it', async () => {
    const plan = await client(7).sluice.plan({ source: fromFile(samplePath) });
    expect(plan.media).toEqual(whatSampleSays);
    expect(plan.problems).toEqual([{ severity: 'error', field: 'source.duration', message: 'at least 7 s' }]);
    expect((await client(3).sluice.plan({ source: fromFile(samplePath) })).problems).toEqual([]);
  });

  it('that only the transfer can open is read there, and a rule that it breaks ends the job before a byte moves', async () => {
    const { sluice, record, begin } = client(7);
    const { id } = await sluice.import({ source: unknownBytes() });
    await vi.waitFor(async () => expect((await record(id)).state).toBe('failed'), 20_000);
    expect((await record(id)).error).toMatchObject({
      code: 'invalid-request',
      message: 'source.duration: at least 7 s',
    });
    expect((await record(id)).measured?.media).toEqual(whatSampleSays);
    expect(begin).not.toHaveBeenCalled();
  });

  it('is kept with the job, for all that comes later', async () => {
    const { sluice, record, shown } = client();
    const { id } = await sluice.import({ source: fromFile(samplePath) });
    expect((await record(id)).measured?.media).toEqual(whatSampleSays);
    expect(shown.at(-1)).toEqual(whatSampleSays);
  });

  it('is left alone where the adapter has no rules about it', async () => {
    const { sluice, shown } = client(7, []);
    const plan = await sluice.plan({ source: fromFile(samplePath) });
    expect([plan.media, plan.problems, shown]).toEqual([undefined, [], [undefined]]);
  });
});

describe('a container that is not read is one warning', () => {
  const unread = (why: RegExp) => [{ severity: 'warning', field: 'source', message: expect.stringMatching(why) }];

  it('for a stream, which can be read only once', async () => {
    const { sluice, record } = client(7);
    const stream = () => fromStream(new Blob([sample]).stream(), { name: 'clip.mp4', size: sample.byteLength });
    expect((await sluice.plan({ source: stream() })).problems).toEqual(unread(/a stream can be read only once/));
    const { id } = await sluice.import({ source: stream() });
    expect((await record(id)).warnings).toEqual([{ code: 'media-unread', message: expect.any(String) }]);
  });

  it.each([
    ['no media at all', new Uint8Array(1_000).fill(7)],
    ['nothing', new Uint8Array(0)],
    ['cut off', sample.subarray(0, 3_000)],
    ['its head alone', sample.subarray(0, 40)],
  ])('for %s', async (_what, bytes) => {
    const { problems } = await client(7).sluice.plan({ source: fromBuffer(bytes, { name: 'clip.mp4' }) });
    expect(problems.filter(({ field }) => field === 'source')).toEqual(
      unread(/cannot be read: (its format is none that is known|it (ends too early|has no track))/),
    );
  });

  it('where the bytes say why not, without what is secret in it', async () => {
    const { sluice, record } = client(7);
    const whole = fromBuffer(sample, { name: 'clip.mp4' });
    const message = 'GET https://ann:pa55-w0rd@media.example/clip.mp4?sig=sig-3f9a77 with hook-tok-99 was refused';
    const read = () => Promise.reject(new SluiceError({ code: 'source-unreachable', message }));
    const source = { ...whole, open: async () => ({ ...(await whole.open()), read }) };
    const options = { nova: { webhookUrl: 'https://hook.example/in?auth=hook-tok-99' } };
    const { problems } = await sluice.plan({ source, options });
    const { id } = await sluice.import({ source, options });
    const said = JSON.stringify([problems, (await record(id)).warnings]);
    expect(said).toContain('GET https://media.example/clip.mp4?… with *** was refused');
    expect(said).not.toMatch(/pa55-w0rd|sig-3f9a77|hook-tok-99/);
  });

  it('where mediabunny is not installed, and says what to install', async () => {
    vi.doMock('mediabunny', () => {
      throw new Error('there is no such package');
    });
    const { sluice } = client(7);
    expect((await sluice.plan({ source: fromFile(samplePath) })).problems).toEqual(unread(/npm install mediabunny$/));
  });
});

it('damage anywhere in a container neither throws nor hangs, nor writes to the console', async () => {
  const said = vi.spyOn(console, 'warn');
  const { sluice } = client(0);
  let random = 12_345;
  const next = (below: number) => {
    random = (random * 1_103_515_245 + 12_345) % 2_147_483_648;
    return random % below;
  };
  for (let round = 0; round < 60; round += 1) {
    const damaged = sample.slice();
    for (let flip = 0; flip < 20; flip += 1) damaged[next(5_000)] = next(256);
    await sluice.plan({ source: fromBuffer(damaged, { name: 'clip.mp4' }) });
  }
  expect(said).not.toHaveBeenCalled();
});
