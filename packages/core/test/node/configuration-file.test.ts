import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findConfiguration, readConfiguration } from '../../src/node/index.js';
import { folderOf, refusal } from './support.js';

const providers = { shop: { adapter: '@acme/adapter', apiKey: 'k' } };
const variable = (name: string) => `\${${name}}`;
const KEY = variable('KEY');
const plain = JSON.stringify({ providers });

describe('finding the configuration', () => {
  it('takes the nearest one upwards', () => {
    const folder = folderOf({ 'sluice.config.json': plain, 'a/b/c/file': '', 'a/sluice.config.js': '' });
    expect(findConfiguration({ cwd: join(folder, 'a/b/c') })).toBe(join(folder, 'a/sluice.config.js'));
    expect(findConfiguration({ cwd: folder })).toBe(join(folder, 'sluice.config.json'));
  });

  it('takes the one that is named, relative to cwd', () => {
    const folder = folderOf({ 'sluice.config.json': plain, 'other.json': plain });
    expect(findConfiguration({ cwd: folder, config: 'other.json' })).toBe(join(folder, 'other.json'));
  });

  it.each([
    ['no file of the name', { config: 'nowhere.json' }, /nowhere\.json: there is no such file$/],
    ['a file of another kind', { config: 'notes.yaml' }, /notes\.yaml: a configuration ends in \.ts, .*\.json$/],
    ['two in one folder', {}, /holds sluice\.config\.ts and sluice\.config\.json: keep one$/],
  ])('refuses %s', async (_case, options, message) => {
    const folder = folderOf({ 'sluice.config.json': plain, 'sluice.config.ts': '', 'notes.yaml': '' });
    expect(await refusal(() => findConfiguration({ cwd: folder, ...options }))).toMatch(message);
  });

  it('says what to do when there is none', async () => {
    const folder = folderOf({});
    expect(await refusal(() => findConfiguration({ cwd: folder }))).toMatch(
      /^invalid-request: no configuration: .*write one/,
    );
  });
});

describe('reading the configuration', () => {
  const read = (text: string, env: Record<string, string> = {}, name = 'sluice.config.json') =>
    readConfiguration(join(folderOf({ [name]: text }), name), env);

  it('reads JSON, JavaScript and TypeScript alike', async () => {
    const expected = { providers };
    expect((await read(plain)).content).toEqual(expected);
    expect((await read(`\uFEFF${plain}`)).content).toEqual(expected);
    expect((await read(`export default ${plain}`, {}, 'sluice.config.mjs')).content).toEqual(expected);
    const typed = `const providers: Record<string, { adapter: string }> = ${JSON.stringify(providers)};\nexport default { providers };`;
    expect((await read(typed, {}, 'sluice.config.ts')).content).toEqual(expected);
  });

  it('puts environment variables into texts, and nowhere else', async () => {
    const text = JSON.stringify({
      providers: {
        shop: {
          adapter: 'a',
          key: `x-${KEY}-${KEY}`,
          list: [variable('OTHER')],
          deep: { plain: `$${KEY} $KEY` },
          n: 5,
        },
      },
    });
    const { content } = await read(text, { KEY: 'secret', OTHER: 'o' });
    expect(content.providers.shop).toEqual({
      adapter: 'a',
      key: 'x-secret-secret',
      list: ['o'],
      deep: { plain: `${KEY} $KEY` },
      n: 5,
    });
  });

  it('names field and variable of all that are missing, and no value', async () => {
    const text = JSON.stringify({
      providers: { a: { adapter: 'x', key: variable('ONE'), list: [KEY, variable('TWO')] } },
    });
    const message = await refusal(() => read(text, { KEY: 'hush-hush', TWO: '' }));
    expect(message).toMatch(
      /providers\.a\.key: the environment variable ONE is not set; providers\.a\.list\.1: .* TWO is not set$/,
    );
    expect(message).not.toContain('hush-hush');
  });

  it.each([
    ['{\n  "providers": {\n    "a" {} } }', '3:9', '":"'],
    ['{\n  "providers": {},\n}', '3:1', 'a name in double quotes'],
    ['{ "providers": { "a": { "apiKey": hush } } }', '1:35', 'a value in JSON'],
    ['{ "providers": { "a": { "apiKey": "hush" } }', '1:45', '"," or "}"'],
    ['{ "list": [1 2] }', '1:14', '"," or "]"'],
    ["{ 'providers': {} }", '1:3', 'a name in double quotes'],
    ['{ "a": 1 } // hush', '1:12', 'the end of the file'],
    ['', '1:1', 'a value in JSON'],
  ])('says where %j is no JSON, without quoting it', async (text, place, expected) => {
    const message = await refusal(() => read(text));
    expect(message).toContain(`sluice.config.json:${place}: is not JSON: expected ${expected} here`);
    expect(message).not.toContain('hush');
  });

  it.each([
    ['no providers', {}, /: providers: is missing/],
    ['an empty list of them', { providers: {} }, /: providers: name at least one$/],
    ['a provider without adapter', { providers: { a: {} } }, /: providers\.a\.adapter: is missing/],
    ['a name with blanks', { providers: { 'a b': { adapter: 'x' } } }, /: providers.*a b/],
    ['an unknown field', { providers, defualt: 'a' }, /: defualt: unknown field; known: .*default/],
    ['an unknown network field', { providers, network: { prxy: '' } }, /: network\.prxy: unknown field/],
    [
      'a proxy that is no URL',
      { providers, network: { proxy: 'here' } },
      /: network\.proxy: must be an http or https URL$/,
    ],
    ['a list', [], /expected/],
  ])('refuses %s', async (_case, content, message) => {
    expect(await refusal(() => read(JSON.stringify(content)))).toMatch(message);
  });

  it('refuses a module without default export, or that does not load', async () => {
    expect(await refusal(() => read('export const a = 1;', {}, 'sluice.config.mjs'))).toMatch(/has no default export/);
    expect(await refusal(() => read('throw new Error("broken\\nhere")', {}, 'sluice.config.mjs'))).toMatch(
      /could not be loaded: broken$/,
    );
  });
});
