import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { type LoadOptions, loadSluice } from '../../src/node/index.js';
import { adapterModule, folderOf, installed, refusal, sourceModule, stagingModule, storeModule } from './support.js';

const shop = { adapter: '@acme/adapter', apiKey: 'k' };

function load(content: object, options: { files?: Record<string, string> } & LoadOptions = {}) {
  const { files = {}, ...rest } = options;
  const cwd = folderOf({ 'app/sluice.config.json': JSON.stringify(content), ...files });
  return loadSluice({ cwd: join(cwd, 'app'), packagesFrom: [], env: {}, ...rest });
}

const openedSchema = z.array(z.object({ settings: z.unknown(), place: z.unknown() })).optional();

function openedStores() {
  return openedSchema.parse(Reflect.get(globalThis, 'openedStores'));
}

afterEach(() => {
  Reflect.deleteProperty(globalThis, 'openedStores');
});

describe('loadSluice', () => {
  it('makes a client of the packages that the configuration names', async () => {
    const files = installed('@acme/adapter', adapterModule());
    const sluice = await load({ default: 'b', providers: { a: shop, b: { ...shop, apiKey: 'l' } } }, { files });
    expect(sluice.providers().map((info) => [info.name, info.adapter, info.default, info.baseUrl])).toEqual([
      ['a', 'acme', false, 'https://k.example'],
      ['b', 'acme', true, 'https://l.example'],
    ]);
    await sluice.close();
  });

  it('takes a path beside the configuration', async () => {
    const files = { 'app/lib/mine.js': adapterModule('mine'), 'app/package.json': '{"type":"module"}' };
    const sluice = await load({ providers: { a: { ...shop, adapter: './lib/mine.js' } } }, { files });
    expect(sluice.providers()[0]?.adapter).toBe('mine');
    await sluice.close();
  });

  it('looks beside the configuration first, then where it is told to', async () => {
    const elsewhere = folderOf({
      ...installed('@acme/adapter', adapterModule('other')),
      ...installed('@acme/second', adapterModule('second')),
    });
    const files = installed('@acme/adapter', adapterModule('near'));
    const providers = { a: shop, b: { ...shop, adapter: '@acme/second' } };
    const sluice = await load({ providers }, { files, packagesFrom: [elsewhere] });
    expect(sluice.providers().map(({ adapter }) => adapter)).toEqual(['near', 'second']);
    await sluice.close();
  });

  it('opens the store with its settings, where the configuration stands', async () => {
    const files = { ...installed('@acme/adapter', adapterModule()), ...installed('@acme/shelf', storeModule()) };
    const content = { providers: { a: shop }, store: { adapter: '@acme/shelf', path: 'x/jobs.db' } };
    const sluice = await load(content, { files, env: { XDG_STATE_HOME: '/var/state' } });
    expect(openedStores()).toEqual([
      {
        settings: { path: 'x/jobs.db' },
        place: { directory: expect.stringMatching(/app$/), stateDirectory: '/var/state/sluice' },
      },
    ]);
    await sluice.close();
  });

  it('opens the default store when the configuration names none', async () => {
    const files = { ...installed('@acme/adapter', adapterModule()), ...installed('@acme/shelf', storeModule()) };
    const options = { files, defaultStore: '@acme/shelf', env: { XDG_STATE_HOME: 'relative' } };
    await (await load({ providers: { a: shop } }, options)).close();
    expect(openedStores()).toEqual([
      {
        settings: {},
        place: expect.objectContaining({ stateDirectory: expect.stringMatching(/^\/.*\.local\/state\/sluice$/) }),
      },
    ]);
  });

  it.each([
    [
      'a package that is not there',
      { adapter: '@acme/nowhere' },
      /providers\.a\.adapter: the package is not installed: npm install @acme\/nowhere$/,
    ],
    ['a bare word', { adapter: 'nowhere' }, /npm install nowhere \(Sluice's own packages are called "@sluice\/…"\)$/],
    [
      'a word that is no name',
      { adapter: '@Acme shop' },
      /providers\.a\.adapter: .* is neither a package's name nor a path/,
    ],
    ['a version', { adapter: '@acme/adapter@2' }, /is neither a package's name nor a path/],
    [
      'a file that is not there',
      { adapter: './nowhere.js' },
      /providers\.a\.adapter: "\.\/nowhere\.js" could not be loaded: there is no such file$/,
    ],
    [
      'a store as adapter',
      { adapter: '@acme/shelf' },
      /exports nothing made by defineAdapter\(\): it is not an adapter$/,
    ],
    ['two adapters in one package', { adapter: '@acme/two' }, /exports an adapter more than once/],
    ['a package that breaks', { adapter: '@acme/broken' }, /"@acme\/broken" could not be loaded: no luck$/],
    ['a missing setting', { adapter: '@acme/adapter' }, /sluice\.config\.json: providers\.a\.apiKey: is missing/],
    [
      'an unknown setting',
      { ...shop, apikey: 'k' },
      /providers\.a\.apikey: unknown field; known: apiKey, region, pollIntervalMs/,
    ],
    ['a wrong setting', { ...shop, region: 'mars' }, /providers\.a\.region: /],
    ['a wrong common setting', { ...shop, timeoutMs: '5s' }, /providers\.a\.timeoutMs: /],
  ])('refuses %s', async (_case, entry, message) => {
    const files = {
      ...installed('@acme/adapter', adapterModule()),
      ...installed('@acme/shelf', storeModule()),
      ...installed(
        '@acme/two',
        `${adapterModule('one')}\n${adapterModule('two')
          .replace(/import .*;\n/g, '')
          .replace(/export (default|const helper).*;/g, '')}`,
      ),
      ...installed('@acme/broken', 'throw new Error("no luck\\nat all")'),
    };
    const refused = await refusal(() => load({ providers: { a: entry } }, { files }));
    expect(refused).toMatch(/^invalid-request: /);
    expect(refused).toMatch(message);
  });

  it.each([
    ['an unknown default', { default: 'b' }, /default: "b" is not configured; configured: a$/],
    [
      'an unknown store setting',
      { store: { adapter: '@acme/shelf', pth: 'x' } },
      /: store\.pth: unknown field; known: path$/,
    ],
    ['an adapter as store', { store: { adapter: '@acme/adapter' } }, /store\.adapter: .*it is not a store$/],
    [
      'certificates that are not there',
      { network: { ca: 'ca.pem' } },
      /network\.ca: the file ".*ca\.pem" cannot be read$/,
    ],
    [
      'certificates that are none',
      { network: { ca: 'sluice.config.json' } },
      /network\.ca: .* holds no certificate in PEM form$/,
    ],
  ])('refuses %s', async (_case, rest, message) => {
    const files = { ...installed('@acme/adapter', adapterModule()), ...installed('@acme/shelf', storeModule()) };
    expect(await refusal(() => load({ providers: { a: shop }, ...rest }, { files }))).toMatch(message);
  });

  it('reads sources and staging by the packages that the configuration names, and says what is wrong with them', async () => {
    const files = {
      ...installed('@acme/adapter', adapterModule()),
      ...installed('@acme/shelf', sourceModule()),
      ...installed('@acme/bucket', stagingModule()),
    };
    const content = {
      providers: { a: shop },
      sources: { shelf: { adapter: '@acme/shelf', size: 7 } },
      staging: { adapter: '@acme/bucket', bucket: 'mine' },
      credentials: { 'ftp://files.example': { username: 'me', password: 'secret' } },
      webhooks: { publicUrl: 'https://me.example/hooks' },
    };
    const sluice = await load(content, { files });
    const plan = await sluice.plan({ source: 'ftp://files.example/clip.mp4' });
    expect(plan).toMatchObject({ route: { kind: 'stage' }, size: 7, traffic: { in: 7, out: 7 } });
    await sluice.close();
    const refused = (change: object) => refusal(() => load({ ...content, ...change }, { files }));
    expect(await refused({ sources: { shelf: { adapter: '@acme/shelf', sise: 7 } } })).toContain('sources.shelf.sise');
    expect(await refused({ staging: { adapter: '@acme/bucket' } })).toContain('staging.bucket');
    expect(await refused({ staging: { adapter: '@acme/shelf' } })).toContain('it is not a staging bucket');
    expect(await refused({ credentials: { 'ftp://files.example': { username: 'me' } } })).toContain('password');
    expect(await refused({ webhooks: { publicUrl: 'me.example' } })).toContain('webhooks.publicUrl');
  });

  it('reads the buckets that a provider imports from, and says what is wrong with them', async () => {
    const files = {
      ...installed('@acme/adapter', adapterModule()),
      ...installed('@acme/staging', stagingModule()),
      ...installed('@acme/bucket', stagingModule('defineBucket')),
    };
    const refused = (buckets: unknown) => refusal(() => load({ providers: { a: { ...shop, buckets } } }, { files }));
    expect(await refused({ one: 'mine' })).toContain('providers.a.buckets.one: ');
    expect(await refused({ one: { adapter: '@acme/bucket' } })).toContain('providers.a.buckets.one.bucket: ');
    expect(await refused({ one: { adapter: '@acme/staging', bucket: 'mine' } })).toContain(
      'providers.a.buckets.one.adapter: "@acme/staging" exports nothing made by defineBucket()',
    );
    // Read and fit; but not for this adapter.
    expect(await refused({ one: { adapter: '@acme/bucket', bucket: 'mine' } })).toMatch(
      /providers\.a\.buckets: .* does not import from a connected bucket; take it out$/,
    );
  });

  it('uses our own packages for sources where they are installed, without being told', async () => {
    const files = {
      ...installed('@acme/adapter', adapterModule()),
      ...installed('@sluice/ftp', sourceModule()),
      ...installed('@acme/bucket', stagingModule()),
    };
    const sluice = await load({ providers: { a: shop }, staging: { adapter: '@acme/bucket', bucket: 'b' } }, { files });
    expect(await sluice.plan({ source: 'ftp://files.example/clip.mp4' })).toMatchObject({ size: 5 });
    await expect(sluice.plan({ source: 's3://files.example/b/clip.mp4' })).resolves.toMatchObject({
      problems: [expect.objectContaining({ field: 'source', message: expect.stringContaining('install @sluice/s3') })],
    });
    await sluice.close();
  });
});
