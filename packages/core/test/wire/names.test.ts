import type { LookupAddress } from 'node:dns';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { SluiceError } from '../../src/model/error.js';
import { listen, platformFetch } from '../support/servers.js';

/** What the system's resolver says, answer by answer; the last one for ever. */
const answers = new Map<string, string[][]>();
const asked: string[] = [];

function resolve(host: string): LookupAddress[] {
  asked.push(host);
  const script = answers.get(host) ?? [];
  const [addresses] = script.length > 1 ? script.splice(0, 1) : script;
  if (addresses === undefined) throw Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: 'ENOTFOUND' });
  return addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
}

vi.mock('node:dns', () => ({
  lookup: (host: string, options: { all?: boolean }, done: (error: Error | null, found: LookupAddress[]) => void) => {
    expect(options.all).toBe(true);
    try {
      done(null, resolve(host));
    } catch (error) {
      if (error instanceof Error) done(error, []);
    }
  },
}));
vi.mock('node:dns/promises', () => ({ lookup: async (host: string) => resolve(host) }));

afterEach(() => {
  answers.clear();
  asked.length = 0;
});

/** Finds a refusal of ours in what the platform's fetch wraps around it. */
async function refusalOf(promise: Promise<unknown>): Promise<SluiceError | undefined> {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  const inner = SluiceError.is(error) ? error : error instanceof Error ? error.cause : undefined;
  return SluiceError.is(inner) ? inner : undefined;
}

describe('a name that leads to a private address', () => {
  it.each([
    ['alone', ['127.0.0.1']],
    ['beside a public one', ['8.8.8.8', '10.0.0.7']],
    ['of version 6', ['fd00::7']],
    ['mapped', ['::ffff:169.254.169.254']],
  ])('%s is refused at the moment of connecting', async (_what, addresses) => {
    answers.set('clips.example', [addresses]);
    const refusal = await refusalOf(platformFetch({ guarded: true })('http://clips.example:8081/clip.mp4'));
    expect(refusal).toMatchObject({ code: 'source-unreachable', retry: 'never' });
    expect(refusal?.message).toMatch(/^clips\.example leads to a private address.*network\.allowPrivateAddresses/);
  });

  it('is followed by a fetch that is trusted: its name was configured', async () => {
    const { port } = await listen((_request, response) => response.end('hello'));
    const answer = await platformFetch({ guarded: false })(`http://127.0.0.1:${port}/`);
    expect(await answer.text()).toBe('hello');
    expect(asked).toEqual([]);
  });

  it('is refused behind a proxy too, which would look it up itself', async () => {
    let passed = 0;
    const proxy = await listen(() => {
      passed += 1;
    });
    answers.set('clips.example', [['10.0.0.7']]);
    const guarded = platformFetch({ guarded: true, proxy: proxy.url });
    expect(await refusalOf(guarded('http://clips.example/clip.mp4'))).toMatchObject({ code: 'source-unreachable' });
    expect(passed).toBe(0);
  });

  it('only after it changed its mind is refused then: every connection asks anew', async () => {
    answers.set('clips.example', [[], ['127.0.0.1']]);
    const guarded = platformFetch({ guarded: true });
    await refusalOf(guarded('http://clips.example:8081/clip.mp4'));
    expect(await refusalOf(guarded('http://clips.example:8081/clip.mp4'))).toMatchObject({
      code: 'source-unreachable',
    });
    expect(asked).toEqual(['clips.example', 'clips.example']);
  });
});

it('a name that leads nowhere is no refusal of ours, and nothing was sent', async () => {
  const error: unknown = await platformFetch({ guarded: true })('http://nowhere.example/').catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toMatchObject({ cause: { code: 'ENOTFOUND' } });
});
