import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openManifest } from '../../src/manifest/open-manifest.js';
import type { BadRow, Row } from '../../src/manifest/row.js';

const folder = mkdtempSync(join(tmpdir(), 'sluice-rows-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function rowsOf(content: string | Buffer): Promise<(Row | BadRow)[]> {
  const path = join(folder, 'manifest');
  writeFileSync(path, content);
  const rows: (Row | BadRow)[] = [];
  for await (const row of (await openManifest(path)).rows()) rows.push(row);
  return rows;
}

const cellsOf = (rows: (Row | BadRow)[]) => rows.map((row) => ('cells' in row ? row.cells : row.problem));

describe('a CSV manifest', () => {
  it('is read with a byte order mark, quotes, line ends in fields, empty lines and either line end', async () => {
    const rows = await rowsOf(
      '\uFEFFsource, name ,meta.title\r\nhttps://a/1,"a ""b"", c","two\nlines"\r\n\r\nhttps://a/2,,\r\n',
    );
    expect(rows).toEqual([
      { number: 1, line: 2, cells: { source: 'https://a/1', name: 'a "b", c', 'meta.title': 'two\nlines' } },
      { number: 2, line: 5, cells: { source: 'https://a/2' } },
    ]);
  });

  it('may have semicolons or tabs, and no line end at its end', async () => {
    expect(cellsOf(await rowsOf('source;name\nhttps://a/1;x,y'))).toEqual([{ source: 'https://a/1', name: 'x,y' }]);
    expect(cellsOf(await rowsOf('source\tname\nhttps://a/1\tz'))).toEqual([{ source: 'https://a/1', name: 'z' }]);
  });

  it('has fields of a megabyte', async () => {
    const long = 'x'.repeat(1024 * 1024);
    expect(cellsOf(await rowsOf(`source,meta.description\nhttps://a/1,"${long}"\nhttps://a/2,y\n`))).toEqual([
      { source: 'https://a/1', 'meta.description': long },
      { source: 'https://a/2', 'meta.description': 'y' },
    ]);
  });

  it('tells of a row with too few or too many fields, and goes on', async () => {
    const rows = await rowsOf('source,name\nhttps://a/1\nhttps://a/2,b,c\nhttps://a/3,d\n');
    expect(rows).toEqual([
      { number: 1, line: 2, problem: 'has 1 fields, and the heading 2 (nothing for name)' },
      { number: 2, line: 3, problem: 'has 3 fields, and the heading 2 (is a comma not quoted?)' },
      { number: 3, line: 4, cells: { source: 'https://a/3', name: 'd' } },
    ]);
  });

  it('tells of a quote that is never closed, and what is lost by it', async () => {
    const rows = await rowsOf('source,name\nhttps://a/1,b\nhttps://a/2,"c\nhttps://a/3,d\n');
    expect(rows[0]).toMatchObject({ number: 1 });
    expect(rows[1]).toEqual({
      number: 2,
      line: 4,
      problem: 'a quote is opened and never closed; nothing after it can be read',
    });
  });

  it('is refused at once for a column that no manifest has, with the one that was meant', async () => {
    await expect(rowsOf('source,sha-256\nhttps://a/1,x\n')).rejects.toThrow(
      /column "sha-256" is none of .*did you mean "sha256"\?; for one of your own, write "x.sha-256"/,
    );
    await expect(rowsOf('url,name\nhttps://a/1,x\n')).rejects.toThrow(/one of them must be "source"/);
    await expect(rowsOf('source,source\n')).rejects.toThrow(/"source" is there twice/);
    await expect(rowsOf('')).rejects.toThrow(/is empty; its first line must name the columns/);
  });

  it('is refused at once when it is no UTF-8', async () => {
    const text = 'source,name\nhttps://a/1,x\n';
    for (const bytes of [Buffer.from(text, 'utf16le'), Buffer.from(`\uFEFF${text}`, 'utf16le').swap16()]) {
      await expect(rowsOf(bytes)).rejects.toThrow(/is no UTF-8; save it as UTF-8/);
    }
  });

  it('tells of a quote in the middle of a field', async () => {
    const rows = await rowsOf('source,name\nhttps://a/1,a"b\nhttps://a/2,c\n');
    expect(rows[0]).toMatchObject({
      number: 1,
      line: 2,
      problem: expect.stringMatching(/put the whole field in quotes/),
    });
    expect(rows[1]).toMatchObject({ number: 2, cells: { name: 'c' } });
  });
});

describe('a JSONL manifest', () => {
  it('is told by its first character, and may nest meta and option', async () => {
    const rows = await rowsOf(
      '\uFEFF{"source":"https://a/1","meta":{"title":"t","tags":["a"]},"option":{"n":1}}\n\n{"source":"https://a/2","meta.title":"u","size":5}\n',
    );
    expect(rows).toEqual([
      { number: 1, line: 1, cells: { source: 'https://a/1', 'meta.title': 't', 'meta.tags': ['a'], 'option.n': 1 } },
      { number: 2, line: 3, cells: { source: 'https://a/2', 'meta.title': 'u', size: 5 } },
    ]);
  });

  it('tells of a line that is no object, or has a field that no manifest has, and goes on', async () => {
    const rows = await rowsOf(
      '{"source":"https://a/1"}\n{"source":\n[1]\n{"source":"b","url":"c"}\n{"source":"https://a/5"}\n',
    );
    expect(cellsOf(rows)).toEqual([
      { source: 'https://a/1' },
      'is no JSON',
      'is no JSON object',
      expect.stringMatching(/^column "url" is none of/),
      { source: 'https://a/5' },
    ]);
  });

  it('quotes nothing of a line that is no JSON: it may hold a signed URL', async () => {
    const rows = await rowsOf('{"source":"https://a/1"}\n"https://a/2?signature=s3cret" and more\n{s3cret}\n');
    expect(cellsOf(rows)).toEqual([{ source: 'https://a/1' }, 'is no JSON', 'is no JSON']);
  });
});
