import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeWorld, type World } from '../command/support.js';

const prices = { asOf: '2026-11-01', unit: 'dollars', perImport: 0.01, perGigabyte: 0.5 };

/** The usual folder, with a second provider at which a name is a place. */
async function makeFolder(settings: object = {}): Promise<World & { size: number }> {
  const world = await makeWorld({ videoCdn: { pullMs: 0 } }, settings);
  const usual = JSON.parse(JSON.stringify(world.configuration()));
  const cdn = { ...world.emulator.providers['video-cdn'], pollIntervalMs: 20 };
  await world.write('sluice.config.json', { ...usual, default: 'importly', providers: { ...usual.providers, cdn } });
  const size = world.emulator.media.files.find(({ name }) => name === 'sample.mp4')?.size ?? 0;
  return { ...world, size };
}

describe('sluice plan MANIFEST', () => {
  it('names rows that would be written to one place by their numbers, as the batch then does', {
    timeout: 60_000,
  }, async () => {
    const { sluice, write, source, size, emulator, folder } = await makeFolder();
    const other = `${emulator.media.url}/padded/80000/other.mp4`;
    const lines = [
      ...[`${source},films/a.mp4,${size}`, `${other},films/a.mp4,80000`, `${source},films/a.mp4,${size}`],
      ...[`${other},films/b.mp4,80000`, `${source},films/../c.mp4,${size}`, `${other},films/b.mp4,80001`],
    ];
    await write('rows.csv', `source,name,size\n${lines.join('\n')}\n`);
    const rival = 'row 2 (line 3): name: row 1 has the same place at the provider, and one would overwrite the other';
    const planned = await sluice('plan', 'rows.csv', '--provider', 'cdn');
    expect(planned.code).toBe(1);
    expect(planned.stdout.split('\n').slice(0, 6)).toEqual([
      expect.stringContaining(rival),
      expect.stringMatching(/^row 5 \(line 6\): name: /),
      '6 rows, 2 of them wrong',
      // To hold it against another size makes no other import of it.
      '  2 are the same as earlier ones',
      'cdn: 2 to import',
      '  route     direct 2',
    ]);
    expect(emulator.videoCdn.counts().add).toBe(0);

    await sluice('batch', 'rows.csv', '--provider', 'cdn', '--result', 'result.csv');
    const result = await readFile(join(folder, 'result.csv'), 'utf8');
    expect(result.split('\n').filter((line) => line.includes('refused'))).toHaveLength(2);
    expect(result).toContain('"name: row 1 has the same place at the provider');

    // What is there keeps its place.
    const again = await sluice('plan', 'rows.csv', '--provider', 'cdn', '--json');
    const said = again.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(said.map(({ type, row }) => [type, row])).toEqual([
      ['problem', 2],
      ['problem', 5],
      ['plan', undefined],
    ]);
    expect(said.at(-1)).toMatchObject({ rows: 6, problems: 2, known: { completed: 2 }, same: 2, providers: {} });
  });

  it('takes what it costs from the prices in the settings, and says of what day they are', {
    timeout: 60_000,
  }, async () => {
    const { sluice, write, source } = await makeFolder({ prices });
    await write('rows.csv', `source,name,size\n${source},a,2000000000\n${source},b,1000000000\n`);
    const { stdout } = await sluice('plan', 'rows.csv');
    expect(stdout).toMatch(/\n {2}cost {6}1\.52 dollars, by the prices of 2026-11-01\n/);
    const line = JSON.parse((await sluice('plan', 'rows.csv', '--json')).stdout);
    expect(line.providers.importly).toMatchObject({
      costs: { dollars: 1.52 },
      costsBy: 'prices',
      pricesAsOf: '2026-11-01',
    });
    await write('more.csv', `source,name,size\n${source},a,2000000000\n${source},b,\n${source},c,\n`);
    expect((await sluice('plan', 'more.csv')).stdout).toMatch(
      / {2}cost {6}at least 1\.03 dollars, by the prices of 2026-11-01; nobody knows the size of 2 rows beforehand\n/,
    );
  });

  it('says the same of one source', async () => {
    const { sluice, source, size } = await makeFolder({
      prices: { asOf: '2026-11-01', unit: 'credits', perImport: 3 },
    });
    const sized = ['--expect-size', String(size)];
    expect((await sluice('plan', source, ...sized)).stdout).toMatch(
      / {2}cost {6}3 credits, by the prices of 2026-11-01\n/,
    );
    const line = JSON.parse((await sluice('plan', source, '--json')).stdout);
    expect(line).toMatchObject({ costs: { credits: 3 }, pricesAsOf: '2026-11-01' });
  });

  it('knows with --probe how many minutes are to be paid', { timeout: 60_000 }, async () => {
    const { sluice, write, source } = await makeFolder({
      prices: { asOf: '2026-11-01', unit: 'dollars', perMinute: 10 },
    });
    await write('rows.csv', `source,name\n${source},a\n${source},b\n`);
    expect((await sluice('plan', 'rows.csv')).stdout).toMatch(
      / {2}cost {6}at least 0 dollars, by the prices of 2026-11-01; nobody knows the length of 2 rows beforehand\n/,
    );
    expect((await sluice('plan', 'rows.csv', '--probe')).stdout).toMatch(
      / {2}length {4}0:12\n.*\n {2}cost {6}2 dollars, by the prices of 2026-11-01\n/,
    );
  });

  it.each([
    [{ unit: 'dollars', perImport: 1 }, /providers\.importly\.prices\.asOf: is missing/],
    [{ ...prices, asOf: 'last week' }, /providers\.importly\.prices\.asOf: /],
    [{ asOf: '2026-11-01', unit: 'dollars' }, /prices: name at least one of perImport, perMinute, perGigabyte/],
  ])('refuses prices without a day or a price: %j', async (wrong, message) => {
    const { sluice, source } = await makeFolder({ prices: wrong });
    expect(await sluice('plan', source)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(message) });
  });
});
