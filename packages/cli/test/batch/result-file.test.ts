import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ResultFields } from '../../src/batch/result-fields.js';
import { ResultFile, type Shape } from '../../src/batch/result-file.js';
import type { Row } from '../../src/manifest/row.js';

const heading = 'source,name,job,state,asset_id,asset_url,error_code,error_message';
const csv: Shape = { format: 'csv', columns: ['source', 'name'] };
let path: string;

beforeEach(() => {
  path = join(mkdtempSync(join(tmpdir(), 'sluice-result-')), 'result.csv');
});
afterEach(() => rmSync(join(path, '..'), { recursive: true }));

const row = (number: number, source = `s${number}`): Row => ({ number, line: number + 1, cells: { source } });
const fields = (job: string, state = 'completed'): ResultFields => ({
  ...{ job, state, asset_id: '', asset_url: '', error_code: '', error_message: '' },
});
const lines = () => readFileSync(path, 'utf8').split('\n').slice(0, -1);

async function write(entries: [Row, ResultFields][], shape = csv): Promise<void> {
  const result = await ResultFile.open(path, shape);
  for (const [one, said] of entries) result.write(one, result.place(one), said);
  await result.close();
}

describe('a result', () => {
  it('has a heading and a line for each row, and is for its owner alone', async () => {
    await write([
      [row(1), fields('j1')],
      [row(2), fields('j2', 'failed')],
    ]);
    expect(lines()).toEqual([heading, 's1,,j1,completed,,,,', 's2,,j2,failed,,,,']);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('of a run that is repeated keeps what is completed, and has the rest once more', async () => {
    await write([
      [row(1), fields('j1')],
      [row(2), fields('j2', 'running')],
    ]);
    await write([
      [row(1), fields('j1')],
      [row(2), fields('j2')],
    ]);
    expect(lines()).toEqual([heading, 's1,,j1,completed,,,,', 's2,,j2,completed,,,,']);
  });

  it('that breaks off in the middle of a line loses that line alone', async () => {
    await write([[row(1), fields('j1')]]);
    appendFileSync(path, 's2,"half of a na');
    await write([
      [row(1), fields('j1')],
      [row(2), fields('j2')],
    ]);
    expect(lines()).toEqual([heading, 's1,,j1,completed,,,,', 's2,,j2,completed,,,,']);
  });

  it('has the newest job of a row whose file has changed', async () => {
    await write([
      [row(1), fields('j1')],
      [row(2), fields('j2')],
    ]);
    await write([
      [row(1), fields('j9')],
      [row(2), fields('j2')],
    ]);
    expect(lines().toSorted()).toEqual(['s1,,j9,completed,,,,', 's2,,j2,completed,,,,', heading].toSorted());
  });

  it('has the same row as often as the manifest has it', async () => {
    const twice: [Row, ResultFields][] = [
      [row(1, 's'), fields('j')],
      [row(2, 's'), fields('j')],
    ];
    await write(twice);
    await write(twice);
    expect(lines()).toEqual([heading, 's,,j,completed,,,,', 's,,j,completed,,,,']);
  });

  it('keeps what is done when the manifest has other columns, or another form', async () => {
    await write([[row(1), fields('j1')]]);
    const more: Shape = { format: 'csv', columns: ['source', 'key'] };
    await write([[{ number: 1, line: 2, cells: { source: 'new', key: 'k' } }, fields('j2')]], more);
    expect(lines()).toEqual([
      `source,key,job,state,asset_id,asset_url,error_code,error_message`,
      's1,,j1,completed,,,,',
      'new,k,j2,completed,,,,',
    ]);
    await write([[row(3), fields('j3')]], { format: 'jsonl', columns: [] });
    expect(lines().map((line) => JSON.parse(line))).toEqual([
      { source: 's1', job: 'j1', state: 'completed' },
      { source: 'new', key: 'k', job: 'j2', state: 'completed' },
      { source: 's3', job: 'j3', state: 'completed' },
    ]);
  });

  it('is refused to a second writer while the first is there, and not after it died', async () => {
    const result = await ResultFile.open(path, csv);
    // Our own process counts as gone: its number was used again.
    writeFileSync(`${path}.lock`, `${process.ppid}\n`);
    await expect(ResultFile.open(path, csv)).rejects.toThrow(
      /process \d+ writes it now; wait for it, or name another file/,
    );
    writeFileSync(`${path}.lock`, '999999999\n');
    await (await ResultFile.open(path, csv)).close();
    await result.close();
  });

  it.each([
    ['a manifest', 'source,name\ns1,n1\n'],
    ['rows of JSON', '{"source":"s1"}\n'],
    ['a video', Buffer.from([0, 1, 2, 255, 254])],
  ])('is not written over %s', async (_what, content) => {
    writeFileSync(path, content);
    await expect(ResultFile.open(path, csv)).rejects.toThrow(
      /is there already and is no result of a batch|is no UTF-8/,
    );
    expect(readFileSync(path).equals(Buffer.from(content))).toBe(true);
  });

  it('whose folder is not there is refused before anything is done', async () => {
    await expect(ResultFile.open(join(path, '..', 'no', 'r.csv'), csv)).rejects.toThrow(/its folder is not there/);
  });
});
