import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { AdapterMembers } from '../../src/model/adapter.js';
import { SluiceError } from '../../src/model/error.js';
import type { ImportEvent } from '../../src/model/event.js';
import { type ScriptedAnswer, scriptedHttp } from '../../src/testing/scripted-http.js';
import { type AcmeScript, completed, running, started } from '../support/acme.js';
import { makeClient } from '../support/client.js';

const hidden = ['ann-of-acme', 'pa55-w0rd', 'sig-3f9a77', 'sk-acme-123456', 'hook-tok-99'];
const source = 'https://ann-of-acme:pa55-w0rd@media.example/clip.mp4?sig=sig-3f9a77';
const options = { nova: { webhookUrl: 'https://hook.example/in?auth=hook-tok-99' } };
/** What a provider that quotes everything would say. */
const quotation = `cannot fetch ${source} with Bearer sk-acme-123456 for ${options.nova.webhookUrl} (${encodeURIComponent(source)})`;

/** Everything that anybody could read of a job: events, snapshots, logs, the error and the parts of the record left open. */
async function everythingSaid(script: AcmeScript, answer?: ScriptedAnswer) {
  const { sluice, clock, log, record } = makeClient(script, {
    settings: { apiKey: 'sk-acme-123456', deadlineMs: 60_000 },
    fetch: scriptedHttp(() => answer ?? { json: {} }).fetch,
  });
  const job = await clock.run(sluice.import({ source, options }));
  const events: ImportEvent[] = [];
  const follow = async () => {
    for await (const event of job.events()) events.push(event);
  };
  const error: unknown = await clock.run(
    follow()
      .then(() => job.wait())
      .then(
        () => undefined,
        (thrown: unknown) => thrown,
      ),
  );
  const { request: _sealed, ...open } = await record(job.id);
  return { error, text: JSON.stringify([events, job.snapshot, log, error, open, inspect(error, { depth: 9 })]) };
}

function expectNothingHidden(text: string) {
  expect(hidden.filter((secret) => text.includes(secret))).toEqual([]);
}

const members: [string, Partial<AdapterMembers>][] = [
  [
    'a verdict',
    { status: async () => ({ state: 'failed', rawState: quotation, message: quotation, providerCode: source }) },
  ],
  [
    'an error of the adapter’s own',
    { status: () => Promise.reject(new SluiceError({ code: 'protocol', message: quotation })) },
  ],
  ['an adapter that breaks', { status: () => Promise.reject(new TypeError(quotation)) }],
  ['a start that breaks', { start: () => Promise.reject(new TypeError(quotation)) }],
  ['a start that is refused', { start: () => Promise.reject(new SluiceError({ code: 'quota', message: quotation })) }],
  [
    'a start in doubt',
    { start: () => Promise.reject(new SluiceError({ code: 'unavailable', message: quotation, ambiguous: true })) },
  ],
  ['a warning', { status: async () => ({ ...completed, warnings: [{ code: 'odd', message: quotation }] }) }],
  ['an unknown word', { status: async () => running(quotation, { unmapped: true }) }],
  ['an item', { status: async () => ({ ...completed, items: [{ ok: false, ref: 'a', message: quotation }] }) }],
  [
    'a log line of the adapter’s',
    {
      start: async (_request, { log }) => {
        log(quotation, { list: [quotation, { deep: quotation }], flag: true });
        return started('r1');
      },
    },
  ],
];

describe('nothing hidden is said', () => {
  it.each(members)('by %s', async (_where, scripted) => {
    const { text } = await everythingSaid({ members: scripted });
    expectNothingHidden(text);
  });

  it.each<[string, ScriptedAnswer]>([
    ['a refusal in the body', { status: 400, json: { message: quotation } }],
    ['a body of another shape', { json: { [source]: quotation, id: source } }],
    ['a redirect', { status: 302, headers: { location: source }, json: {} }],
    ['a long refusal, cut in the middle', { status: 503, json: { error: `${'x'.repeat(488)}${source}` } }],
    ['no answer', { failure: 'reset' }],
  ])('by the wire, of %s', async (_what, answer) => {
    const { text, error } = await everythingSaid(
      {
        members: {
          start: async (_request, { http }) => {
            const path = '/import/sk-acme-123456';
            const sent = await http.call({ method: 'POST', path, query: { url: source }, json: { source } });
            return started(sent.parse(z.object({ id: z.int() })).id);
          },
        },
      },
      answer,
    );
    expect(error).toBeInstanceOf(SluiceError);
    expectNothingHidden(text);
  });

  it('and a warning that is only the same once cleaned is said once', async () => {
    let looks = 0;
    const { text } = await everythingSaid({
      members: {
        status: async () => {
          looks += 1;
          return { ...(looks < 4 ? running() : completed), warnings: [{ code: 'odd', message: `see ${source}` }] };
        },
      },
    });
    expect(text.match(/"type":"warning"/g)).toHaveLength(1);
  });

  it('by a plan whose probe fails', async () => {
    const probe = {
      start: () => Promise.reject(new SluiceError({ code: 'source-unreachable', message: quotation })),
      status: () => expect.fail('asked'),
    };
    const { sluice } = makeClient({ members: { probe } }, { settings: { apiKey: 'sk-acme-123456' } });
    const plan = await sluice.plan({ source, options }, { probe: true });
    expect(plan.problems.at(-1)?.message).toContain('cannot fetch https://media.example/clip.mp4?…');
    expectNothingHidden(JSON.stringify(plan));
  });

  it('by the refusal of a cancel', async () => {
    const refusal = () =>
      Promise.reject(new SluiceError({ code: 'conflict', message: quotation, cause: new Error(source) }));
    const { sluice, clock } = makeClient(
      { capabilities: { cancel: true }, members: { cancel: refusal, status: async () => running() } },
      { settings: { apiKey: 'sk-acme-123456' } },
    );
    const job = await sluice.import({ source, options });
    const error: unknown = await clock.run(job.cancel().catch((thrown: unknown) => thrown));
    expect(error).toMatchObject({ code: 'conflict' });
    expectNothingHidden(JSON.stringify([job.snapshot, inspect(error, { depth: 9 })]));
  });
});
