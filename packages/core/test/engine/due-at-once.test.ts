import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { SluiceError } from '../../src/model/error.js';
import { completed, started } from '../support/acme.js';
import { makeClient, source } from '../support/client.js';

it('a look that is due when the start is answered is not begun only to be stopped', async () => {
  const looks: string[] = [];
  const client = makeClient({
    capabilities: { webhook: 'hint' },
    members: {
      start: async () => {
        await client.sluice.webhook('acme', new Request('https://app.example/hook', { method: 'POST', body: '{}' }));
        return started('r1');
      },
      status: async (_ref, { signal }) => {
        await turn();
        looks.push(signal.aborted ? 'stopped' : 'answered');
        if (signal.aborted) throw new SluiceError({ code: 'aborted', message: 'stopped' });
        return completed;
      },
      webhook: async () => ({ ref: 'r1', event: 'done' }),
    },
  });
  const job = await client.sluice.import({ source });
  // Nobody moves the clock: what waited for it would never end.
  expect(await job.wait()).toMatchObject({ state: 'completed' });
  expect(looks).toEqual(['answered']);
});
