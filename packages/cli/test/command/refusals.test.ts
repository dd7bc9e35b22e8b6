import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWorld, type World } from './support.js';

let world: World & { close: () => Promise<void> };

beforeAll(async () => {
  world = await openWorld();
});

afterAll(() => world.close());

/** Exit code 2, one line on standard error, nothing on standard output, nothing sent, no job. */
async function refused(words: string[]): Promise<string> {
  const ran = await world.sluice(...words);
  expect(ran).toMatchObject({ code: 2, stdout: '' });
  expect(ran.stderr).toMatch(/^sluice: [^\n]+\n$/);
  expect(world.emulator.importly.requests()).toEqual([]);
  return ran.stderr;
}

const url = 'http://127.0.0.1:9/clip.mp4';
const many = [url, `${url}?2`];

describe('a command line that makes no sense is refused', () => {
  it.concurrent.each<[string, string[], RegExp]>([
    ['no subcommand', [], /name a subcommand/],
    ['an unknown subcommand', ['imprt'], /unknown command 'imprt' \(Did you mean import\?\)/],
    ['no source', ['import'], /missing required argument 'source'/],
    ['an unknown option', ['import', url, '--jsn'], /unknown option '--jsn' \(Did you mean --json\?\)/],
    ['an option without its value', ['import', url, '--name'], /'--name <name>' argument missing/],
    [
      'a size that is none',
      ['import', url, '--expect-size', '12k'],
      /--expect-size.*'12k' is invalid\. It is a whole number from 0/,
    ],
    ['a priority below 0', ['import', url, '--priority=-1'], /--priority.*whole number from 0/],
    ['a port that is none', ['serve', '--port', '99999'], /--port.*whole number from 0 to 65535/],
    ['a sha-256 that is none', ['import', url, '--expect-sha256', 'abc'], /expect\.sha256: must be 64 hex digits/],
    [
      'an unknown choice',
      ['import', url, '--if-exists', 'maybe'],
      /--if-exists.*Allowed choices are replace, skip, fail/,
    ],
    ['an unknown route', ['import', url, '--route', 'scenic'], /--route.*Allowed choices are auto, direct/],
    [
      'a route that there is not',
      ['import', url, '--route', 'stage'],
      /route: "stage" cannot be taken: no staging bucket is configured/,
    ],
    ['a time that is none', ['import', url, '--timeout', '10'], /--timeout.*such as 10m/],
    [
      'a time-out without waiting',
      ['import', url, '--timeout', '1m', '--no-wait'],
      /--timeout and --no-wait exclude each other/,
    ],
    ['an option of no form', ['import', url, '--option', 'fast'], /--option takes NAME=VALUE/],
    [
      'an option given twice',
      ['import', url, '--option', 'store=true', '--option', 'store=false'],
      /--option store: is given twice/,
    ],
    [
      'an unknown adapter option',
      ['import', url, '--option', 'quality=1'],
      /options\.importly\.quality: unknown field; known: .*videoQuality/,
    ],
    ['a wrong adapter option', ['import', url, '--option', 'videoQuality=4k'], /options\.importly\.videoQuality: /],
    [
      'options that do not go together',
      ['import', url, '--option', 'storagePath=a'],
      /options\.importly\.storagePath: has no effect without store/,
    ],
    [
      'metadata of the wrong kind',
      ['import', url, '--metadata', 'title=5'],
      /metadata\.title: .*quote a text twice: NAME='"2024"'/,
    ],
    [
      'an unknown provider',
      ['import', url, '--provider', 'shop'],
      /provider: "shop" is not configured; configured: importly/,
    ],
    ['a name for several', ['import', ...many, '--name', 'a'], /--name is about one source, and 2 are given/],
    ['a key for several', ['import', ...many, '--key', 'a'], /--key is about one source/],
    ['a size for several', ['import', ...many, '--expect-size', '5'], /--expect-size is about one source/],
    [
      'a sha-256 for several',
      ['import', ...many, '--expect-sha256', 'a'.repeat(64)],
      /--expect-sha256 is about one source/,
    ],
    ['the same source twice', ['import', url, url], /SOURCE 2 is given twice/],
    ['one wrong source of several', ['import', url, 'gopher://host/x'], /scheme "gopher" is not one of/],
    ['a URL without host', ['import', 'http://', '--json'], /source: "http:\/\/" is not an absolute URL/],
    [
      'a scheme that the provider does not take',
      ['import', 'ftp://host/x'],
      /source: importly takes http and https URLs, not an ftp URL; .* no staging bucket is configured/,
    ],
    [
      'a file, for a provider of URLs',
      ['import', './sluice.config.json'],
      /source: importly takes http and https URLs, not a local file/,
    ],
    ['a file that is not there', ['import', './nowhere.mp4'], /source: there is no file at "\.\/nowhere\.mp4"/],
    ['a folder', ['import', '.'], /source: "\." is a folder/],
    [
      'standard input without a name',
      ['import', '-'],
      /SOURCE "-": standard input has no name of its own; give --name NAME/,
    ],
    [
      'standard input, for a provider of URLs',
      ['import', '-', '--name', 'clip.mp4'],
      /source: importly takes http and https URLs, not bytes/,
    ],
    ['an integration without id', ['import', 'integration:'], /write integration:ID/],
    [
      'an integration, for a provider of URLs',
      ['import', 'integration:7'],
      /source: importly does not import from a connected bucket/,
    ],
    ['an unknown job', ['wait', 'job_nowhere'], /there is no job "job_nowhere" here: sluice jobs lists them/],
    ['the status of an unknown job', ['status', 'job_nowhere', '--json'], /there is no job/],
    ['canceling an unknown job', ['cancel', 'job_nowhere'], /there is no job/],
    ['an unknown state', ['jobs', '--state', 'done'], /--state.*one or more of queued, running/],
    ['a limit of none', ['jobs', '--limit', '0'], /--limit.*whole number from 1/],
    ['a word too many', ['resume', 'job_1'], /too many arguments/],
    ['a fault that is none', ['emulator', '--fault', 'rain'], /--fault takes POINT:KIND/],
    ['a fault that does not exist', ['emulator', '--fault', 'start:rain'], /--fault: kind: /],
    ['a clock that stands still', ['emulator', '--speed', '0'], /--speed.*above 0/],
  ])('%s', async (_case, words, message) => {
    expect(await refused(words)).toMatch(message);
  });

  it('also with --json', async () => {
    expect(await refused(['import', url, '--json', '--option', 'quality=1'])).toMatch(/unknown field/);
  });
});

describe('a configuration that makes no sense is refused', () => {
  const plain = () => world.configuration();

  it.concurrent.each<[string, () => string | object, RegExp]>([
    [
      'no JSON',
      () => '{\n  "providers": {\n    "importly": {,\n',
      /^sluice: no-JSON\.json:3:18: is not JSON: expected a name in double quotes here\n$/,
    ],
    ['an unknown field', () => ({ ...plain(), provider: {} }), /: provider: unknown field; known: .*providers/],
    ['no provider', () => ({ providers: {} }), /providers: name at least one/],
    [
      'a missing setting',
      () => ({ providers: { shop: { adapter: '@sluice/importly' } } }),
      /: providers\.shop\.apiKey: is missing/,
    ],
    [
      'an unknown setting',
      () => world.configuration({ apikey: 'x' }),
      /providers\.importly\.apikey: unknown field; known: apiKey/,
    ],
    [
      'a wrong setting',
      () => world.configuration({ baseUrl: 'here' }),
      /providers\.importly\.baseUrl: must be an absolute http or https URL/,
    ],
    [
      'a missing variable',
      () => world.configuration({ apiKey: '$'.concat('{IMPORTLY_API_KEY}') }),
      /providers\.importly\.apiKey: the environment variable IMPORTLY_API_KEY is not set/,
    ],
    [
      'a missing package',
      () => world.configuration({ adapter: '@sluice/nowhere' }),
      /providers\.importly\.adapter: the package is not installed: npm install @sluice\/nowhere/,
    ],
    ['a package of another kind', () => world.configuration({ adapter: '@sluice/sqlite' }), /it is not an adapter/],
    [
      'a missing store',
      () => ({ ...plain(), store: { adapter: '@sluice/bullmq' } }),
      /store\.adapter: .*npm install @sluice\/bullmq/,
    ],
    [
      'a wrong store setting',
      () => ({ ...plain(), store: { adapter: '@sluice/sqlite', file: 'x' } }),
      /store\.file: unknown field; known: path/,
    ],
    [
      'a store that cannot be opened',
      () => ({ ...plain(), store: { adapter: '@sluice/sqlite', path: 'sluice.config.json/jobs.db' } }),
      /jobs\.db/,
    ],
    ['an unknown default', () => ({ ...plain(), default: 'shop' }), /default: "shop" is not configured/],
    [
      'a staging bucket without a name',
      () => ({ ...plain(), staging: { adapter: '@sluice/s3' } }),
      /staging\.bucket: is missing/,
    ],
    [
      'certificates that are not there',
      () => ({ ...plain(), network: { ca: 'ca.pem' } }),
      /network\.ca: the file ".*ca\.pem" cannot be read/,
    ],
  ])('%s', async (name, content, message) => {
    const file = `${name.replaceAll(/\W+/g, '-')}.json`;
    await world.write(file, content());
    expect(await refused(['import', url, '--config', file])).toMatch(message);
  });

  it('or is not there', async () => {
    expect(await refused(['import', url, '--config', 'nowhere.json'])).toMatch(/nowhere\.json: there is no such file/);
  });
});

it('no refusal has left a job', async () => {
  expect(await world.sluice('jobs', '--json')).toEqual({ code: 0, stdout: '', stderr: '' });
});
