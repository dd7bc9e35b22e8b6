import { expect, test } from 'vitest';
import type { HttpCall } from '../../src/adapter.js';
import { scriptedHttp, VirtualClock } from '../../src/testing/index.js';
import { callsOver } from '../../src/wire/call-fetch.js';
import { createHttp } from '../../src/wire/http.js';

const patient: Partial<HttpCall> = { timeoutMs: 600_000 };

test.each([
  ['the time of the provider', {}, 30_000],
  ['the time that it names itself', patient, 600_000],
])('a call that is never answered ends after %s', async (_what, call, expected) => {
  const clock = new VirtualClock();
  const http = createHttp({
    provider: 'shop',
    wire: { baseUrl: 'https://api.example' },
    fetch: callsOver(scriptedHttp(() => ({ failure: 'silent' })).fetch),
    clock,
    timeoutMs: 30_000,
    secrets: [],
    signal: new AbortController().signal,
  });
  const begun = clock.now();
  const calling = http.call({ method: 'POST', path: '/videos', ...call });
  await expect(calling).rejects.toMatchObject({
    code: 'timeout',
    message: `shop: no answer within ${expected / 1_000} s`,
  });
  expect(clock.now() - begun).toBe(expected);
});
