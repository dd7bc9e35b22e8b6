import { expect, it } from 'vitest';
import { askSource } from '../../src/wire/http-source/ask.js';
import { overFetch } from '../../src/wire/http-source/over-fetch.js';

it('a source at a port that fetch refuses is no use asking again, and the error says what to do', async () => {
  const options = { fetch: overFetch(fetch), timeoutMs: 20_000, signal: new AbortController().signal };
  const asking = askSource({ method: 'HEAD', url: 'http://127.0.0.1:6000/film.mp4' }, options);
  await expect(asking).rejects.toMatchObject({
    code: 'source-unreachable',
    retry: 'never',
    message: expect.stringContaining('fetch refuses this port. Serve it at another one'),
  });
});
