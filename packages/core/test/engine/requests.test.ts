import { describe, expect, it } from 'vitest';
import { createSluice } from '../../src/engine/create.js';
import { SluiceError } from '../../src/model/error.js';
import { integration } from '../../src/model/source.js';
import { memoryStore } from '../../src/store/memory.js';
import { acmeAdapter, looksInTurn, running, started } from '../support/acme.js';
import { makeClient, source } from '../support/client.js';
import { ManualClock } from '../support/manual-clock.js';
import { counted } from '../support/stores.js';

const silent = { start: () => expect.fail('sent'), status: () => expect.fail('sent') };

/** What is said of a request as it came from outside, after which nothing may be saved or sent. */
async function refusalOf(request: object): Promise<SluiceError> {
  const { store, calls } = counted(memoryStore());
  const { sluice } = makeClient({ members: silent }, { store });
  const parsed: Parameters<typeof sluice.import>[0] = JSON.parse(JSON.stringify({ source, ...request }));
  const error: unknown = await sluice.import(parsed).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!SluiceError.is(error)) throw new Error('it was not refused');
  expect(calls.get('create')).toBeUndefined();
  return error;
}

describe('a request is refused, and nothing saved or sent', () => {
  it.each<[string, object, string]>([
    [
      'an unknown option',
      { options: { nova: { fodler: 'a' } } },
      'options.nova.fodler: unknown field; known: folder, webhookUrl',
    ],
    [
      'an option of the wrong type',
      { options: { nova: { folder: 7 } } },
      'options.nova.folder: Invalid input: expected string, received number',
    ],
    ['an unknown field', { prority: 1 }, 'prority: unknown field; known: source, provider, name, key, expect,'],
    ['a wrong priority', { priority: -1 }, 'priority: Too small'],
    ['a wrong hash', { expect: { sha256: 'abc' } }, 'expect.sha256: must be 64 hex digits'],
    ['an unknown expectation', { expect: { md5: 'abc' } }, 'expect.md5: unknown field'],
    ['no source', { source: null }, 'source: must be a URL, or what fromFile() or integration() returned'],
    [
      'a source that is no URL',
      { source: 'clip.mp4' },
      'source: "clip.mp4" is not an absolute URL, such as https://host/path; a file is fromFile(path)',
    ],
    ['another scheme', { source: 'gopher://h/x' }, 'source: scheme "gopher" is not one of http, https, ftp'],
    ['no host', { source: 's3:///key' }, 'source: "s3:///key" names no host'],
    ['an unknown provider', { provider: 'acmee' }, 'provider: "acmee" is not configured; configured: acme'],
    [
      'a route that is not there',
      { route: 'stage' },
      'route: "stage" cannot be taken: no staging bucket is configured; name one under "staging"',
    ],
    [
      'a scheme that the provider does not read',
      { source: 's3://bucket/key' },
      'source: nova takes http, https and ftp URLs, not an s3 URL; nova takes no bytes; no staging bucket',
    ],
  ])('%s', async (_what, request, message) => {
    const error = await refusalOf(request);
    expect(error.message.startsWith(message) ? message : error.message).toBe(message);
    expect(['invalid-request', 'unsupported']).toContain(error.code);
    expect(error.retry).toBe('never');
  });

  it('with what the adapter itself finds wrong', async () => {
    const { sluice, store } = makeClient({
      members: {
        ...silent,
        check: () => [{ severity: 'error', field: 'options.nova.folder', message: 'must not be "/"' }],
      },
    });
    await expect(sluice.import({ source })).rejects.toMatchObject({
      code: 'invalid-request',
      message: 'options.nova.folder: must not be "/"',
    });
    for await (const _job of store.list()) expect.fail('saved');
  });
});

describe('what an adapter does not honour', () => {
  it('is a warning each on the job, never silence', async () => {
    const { sluice } = makeClient({ capabilities: { honours: ['title'] } });
    const job = await sluice.import({
      source,
      name: 'a/b.mp4',
      priority: 3,
      ifExists: 'skip',
      metadata: { title: 'T', description: 'D', tags: ['t'], colour: 'red' },
    });
    const left = ['name', 'metadata.description', 'metadata.tags', 'ifExists', 'metadata.colour'];
    const messages = job.snapshot.warnings.map(({ message }) => message);
    expect(messages.filter((message) => message.endsWith(': nova has no such thing: it is left out'))).toEqual(
      left.map((field) => `${field}: nova has no such thing: it is left out`),
    );
    expect(messages).toContain('priority: nova has no such thing: it only orders the jobs that wait here');
    expect(messages).toHaveLength(left.length + 1);
  });

  it('options of another adapter are left alone, those that nobody has are a warning', async () => {
    const { sluice } = makeClient();
    const options: object = { other: { anything: 1 }, nova: { folder: 'x' } };
    const job = await sluice.import({ source, options });
    expect(job.snapshot.warnings).toEqual([
      { code: 'ignored', message: 'options.other: no configured adapter has this name' },
    ]);
  });
});

describe('a caller’s own key', () => {
  it('returns the job that is there, without a second start', async () => {
    let starts = 0;
    const { sluice } = makeClient({
      members: {
        start: async () => {
          starts += 1;
          return started('r1');
        },
      },
    });
    const [first, ...others] = await Promise.all(
      Array.from({ length: 5 }, () => sluice.import({ source, key: 'row-7' })),
    );
    expect(new Set(others.map(({ id }) => id))).toEqual(new Set([first?.id]));
    expect(starts).toBe(1);
    expect((await sluice.import({ source, key: 'row-8' })).id).not.toBe(first?.id);
    expect((await sluice.import({ source })).id).not.toBe((await sluice.import({ source })).id);
  });

  it('that belongs to another provider’s job is a conflict', async () => {
    const sluice = createSluice({
      providers: { shop: acmeAdapter()({}), archive: acmeAdapter()({}) },
      default: 'shop',
      clock: new ManualClock(),
    });
    const { id } = await sluice.import({ source, key: 'row-7' });
    await expect(sluice.import({ source, key: 'row-7', provider: 'archive' })).rejects.toMatchObject({
      code: 'conflict',
      message: `key: belongs to job ${id} of the provider "shop"; take another key for "archive"`,
    });
    await sluice.close();
  });
});

describe('a client', () => {
  const adapter = acmeAdapter();
  it.each<[string, () => unknown, string]>([
    ['without providers', () => createSluice({ providers: {} }), 'providers: name at least one'],
    [
      'with an unknown setting',
      () => createSluice({ providers: { shop: { ...adapter({}), settings: { apiKye: 'x' } } } }),
      'providers.shop.apiKye: unknown field; known: apiKey, baseUrl, pollIntervalMs',
    ],
    [
      'with a wrong setting of every provider',
      () => createSluice({ providers: { shop: adapter({ pollIntervalMs: 0 }) } }),
      'providers.shop.pollIntervalMs: Too small',
    ],
    [
      'with a wrong limit',
      () => createSluice({ providers: { shop: adapter({ limits: { jobs: 0 } }) } }),
      'providers.shop.limits.jobs: Too small',
    ],
    [
      'with a base that is no http URL',
      () => createSluice({ providers: { shop: adapter({ baseUrl: 'ftp://h' }) } }),
      'providers.shop.baseUrl: must be an http or https URL',
    ],
    [
      'with credentials in its base',
      () => createSluice({ providers: { shop: adapter({ baseUrl: 'https://ann:pw@h' }) } }),
      'providers.shop.baseUrl: must have no user, password, query or fragment',
    ],
    [
      'with a key that no header can carry',
      () => createSluice({ providers: { shop: adapter({ apiKey: 'sk\nx' }) } }),
      'providers.shop: a credential holds a character that no HTTP header can carry',
    ],
  ])('%s is refused by name', (_what, make, message) => {
    expect(make).toThrow(
      expect.objectContaining({ code: 'invalid-request', message: expect.stringContaining(message) }),
    );
    expect(make).toThrow(expect.objectContaining({ message: expect.not.stringContaining('pw@') }));
  });

  it('with several providers and no default needs a name', async () => {
    const sluice = createSluice({ providers: { shop: adapter({}), archive: adapter({}) } });
    await expect(sluice.import({ source })).rejects.toThrow('provider: name one of shop, archive, or set a default');
    await sluice.close();
  });

  it('can lift a limit of the adapter, or set its own', () => {
    const limited = acmeAdapter({ capabilities: { limits: { jobs: 2, starts: { max: 5, windowMs: 1_000 } } } });
    const sluice = createSluice({
      providers: { shop: limited({ limits: { jobs: null, statuses: { max: 1, windowMs: 9 } } }) },
    });
    expect(sluice.providers()[0]?.limits).toEqual({
      starts: { max: 5, windowMs: 1_000 },
      statuses: { max: 1, windowMs: 9 },
    });
  });
});

describe('a job of a provider that is not configured here', () => {
  it('is listed, and left as it is', async () => {
    const [store, clock] = [memoryStore(), new ManualClock()];
    const theirs = createSluice({
      providers: { theirs: acmeAdapter({ members: { status: looksInTurn(running()) } })({}) },
      store,
      clock,
    });
    const { id } = await theirs.import({ source });
    const before = await store.read(id);
    const { sluice } = makeClient({}, { store, clock });
    const job = await sluice.job(id);
    expect(job.snapshot).toMatchObject({ provider: 'theirs', state: 'running' });
    const expected = {
      code: 'invalid-request',
      message: `job ${id} belongs to the provider "theirs" (adapter nova), which is not configured here`,
    };
    await expect(clock.run(job.wait())).rejects.toMatchObject(expected);
    await expect(clock.run(job.refresh())).rejects.toMatchObject(expected);
    await expect(clock.run(job.cancel({ abandon: true }))).rejects.toMatchObject(expected);
    expect(await store.read(id)).toEqual(before);
    await clock.run(theirs.close());
  });
});

it('a bucket that the provider was given is a source, named by its id', async () => {
  const { sluice } = makeClient();
  const job = await sluice.import({ source: integration('bucket-7') });
  expect(job.snapshot).toMatchObject({ source: 'integration:bucket-7', name: 'bucket-7' });
});
