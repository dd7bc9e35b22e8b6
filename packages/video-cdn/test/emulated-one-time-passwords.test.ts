import { expect, test } from 'vitest';
import { connect, emulate, sampleOf } from './emulation.js';

test('a one-time password is never used again, also under retries and concurrency', async () => {
  const emulator = await emulate({
    videoCdn: { auth: 'otp' },
    faults: [
      { on: 'add', kind: 'rate-limit', probability: 0.3, seed: 1 },
      { on: 'add', kind: 'lost-answer', probability: 0.3, seed: 2 },
      { on: 'list', kind: 'error-503', probability: 0.3, seed: 3 },
      { on: 'list', kind: 'reset-before', probability: 0.2, seed: 4 },
    ],
  });
  const { sluice, logged } = await connect(emulator, { settings: { auth: 'otp' } });
  const { url, size } = sampleOf(emulator);
  const jobs = await Promise.all(
    Array.from({ length: 30 }, (_, index) => sluice.import({ source: url, name: `clip-${index}`, expect: { size } })),
  );
  const ended = await Promise.all(jobs.map((job) => job.wait({ timeoutMs: 60_000 })));
  expect(new Set(ended.map(({ state }) => state))).toEqual(new Set(['completed']));
  const { add, list, otps, otpsReused, filesAccepted } = emulator.videoCdn.counts();
  expect({ otps, otpsReused, filesAccepted }).toEqual({ otps: add + list, otpsReused: 0, filesAccepted: 30 });
  expect(add).toBeGreaterThan(30);
  const { login, password } = emulator.videoCdn;
  expect(JSON.stringify(logged)).not.toContain(password);
  expect(JSON.stringify(logged)).not.toContain(`${login}:`);
}, 90_000);

test('a password that is wrong, or a clock that is behind, is refused with the provider’s words', async () => {
  const emulator = await emulate({ videoCdn: { auth: 'otp' } });
  const wrong = await connect(emulator, { settings: { auth: 'otp', password: 'another-password' } });
  const source = sampleOf(emulator).url;
  expect((await wrong.bring({ source })).error).toMatchObject({
    code: 'auth',
    message: expect.stringContaining('is wrong'),
  });
  const basic = await connect(emulator);
  expect((await basic.bring({ source })).error).toMatchObject({ code: 'auth' });
});
