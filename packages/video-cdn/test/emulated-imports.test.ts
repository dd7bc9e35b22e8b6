import { describe, expect, test } from 'vitest';
import { connect, emulate, sampleOf } from './emulation.js';

describe('an import', () => {
  test('is fetched by the CDN, verified on both sides, and named after its source', async () => {
    const emulator = await emulate();
    const { bring } = await connect(emulator, { settings: { deliveryUrl: emulator.videoCdn.deliveryUrl } });
    const { url, size, sha256 } = sampleOf(emulator);
    const { snapshot, item } = await bring({ source: url, expect: { sha256: 'compute' } });
    expect(snapshot).toMatchObject({ state: 'completed', rawState: 'ready', name: 'media/sample.mp4', warnings: [] });
    expect(item).toMatchObject({
      ok: true,
      outcome: 'created',
      asset: { size, sha256, url: `${emulator.videoCdn.deliveryUrl}/media/sample.mp4` },
      checks: { size: { outcome: 'match' }, sha256: { outcome: 'match', expected: sha256, actual: sha256 } },
    });
  });

  test('carries every parameter that the page names', async () => {
    const emulator = await emulate();
    const { bring } = await connect(emulator, { called: true });
    const { url, size, sha256 } = sampleOf(emulator);
    await bring({
      source: url,
      name: 'films/one.mp4',
      expect: { size, sha256 },
      priority: 7,
      ifExists: 'skip',
      options: { 'video-cdn': { protection: 'hotlink', speed: '130%', buffer: 2_000_000 } },
    });
    const [add] = emulator.videoCdn.requests().filter(({ endpoint }) => endpoint === 'add');
    const { callback, ...parameters } = add?.parameters ?? {};
    expect(parameters).toEqual({
      location: url,
      name: 'films/one.mp4',
      size: String(size),
      chksum: sha256,
      fetch_prio: '7',
      no_replace: 'true',
      protection: 'hotlink',
      speed: '130%',
      buffer: '2000000',
    });
    expect(callback).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\*\*\*$/);
  });

  test.each(['form', 'lines'] as const)('works where answers are written as %s', async (answers) => {
    const emulator = await emulate({ videoCdn: { answers } });
    const { bring } = await connect(emulator, { settings: { answers } });
    const { url, sha256 } = sampleOf(emulator);
    expect((await bring({ source: url, expect: { sha256 } })).snapshot.state).toBe('completed');
    expect((await bring({ source: url, ifExists: 'fail' })).error?.code).toBe('conflict');
  });

  test.each([
    ['a wrong sha-256', { sha256: 'ab'.repeat(32) }, /chksum mismatch: expected (ab){32}, got [0-9a-f]{64}/],
    ['a wrong size', { size: 5 }, /the source has \d+ bytes, expected 5/],
  ])('%s fails with expected and actual', async (_what, expected, message) => {
    const emulator = await emulate();
    const { bring } = await connect(emulator);
    const { error } = await bring({ source: sampleOf(emulator).url, expect: expected });
    expect(error).toMatchObject({ code: 'integrity', message: expect.stringMatching(message) });
  });

  test('a source that breaks off is a file of the wrong size, and the job says what was expected and what came', async () => {
    const emulator = await emulate();
    const { bring } = await connect(emulator);
    const { size } = sampleOf(emulator);
    const { error } = await bring({ source: `${emulator.media.url}/broken/sample.mp4`, expect: { size } });
    const message = expect.stringContaining(`size mismatch: expected ${size}, got `);
    expect(error).toMatchObject({ code: 'integrity', message });
  });

  test('a word that nobody knows is running, until the callback knows better', async () => {
    const emulator = await emulate({ videoCdn: { words: { ready: 'frozen' } } });
    const { bring } = await connect(emulator, { called: true });
    const { url, size, sha256 } = sampleOf(emulator);
    const { snapshot, item } = await bring({ source: url });
    expect(snapshot).toMatchObject({ state: 'completed', rawState: 'frozen' });
    expect(item).toMatchObject({ asset: { size, sha256 } });
  });
});
