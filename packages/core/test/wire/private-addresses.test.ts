import { describe, expect, it } from 'vitest';
import { SluiceError } from '../../src/model/error.js';
import { createFetch as createWebFetch } from '../../src/platform/web.js';
import { assertPublicHost, isPrivateAddress } from '../../src/wire/address.js';
import { makeClient } from '../support/client.js';
import { makeHttp } from '../support/http.js';
import { listen, platformCalls, platformFetch } from '../support/servers.js';

describe('an address is private', () => {
  it.each([
    ...['127.0.0.1', '127.255.255.254', '0.0.0.0', '10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1'],
    ...['169.254.169.254', '100.64.0.1', '224.0.0.1', '255.255.255.255', '192.0.2.1', '198.18.0.1', '240.0.0.1'],
    ...['::', '::1', 'fe80::1', 'fe80::1%eth0', 'fc00::1', 'fd12:3456::1', 'fec0::1', 'ff02::1', '2001:db8::1'],
    ...['::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:a9fe:a9fe', '::ffff:0:127.0.0.1', '::127.0.0.1'],
    ...['64:ff9b::7f00:1', '64:ff9b::169.254.169.254', '2002:7f00:1::', '2002:a00:1::1', '2001:0:1::1'],
    ...['64:ff9b:1:7f00:0:100:808:808', '4000::1', '[::1]'],
  ])('%s', (address) => {
    expect(isPrivateAddress(address)).toBe(true);
  });
});

describe('an address is public', () => {
  it.each([
    ...['1.1.1.1', '8.8.8.8', '172.15.255.255', '172.32.0.1', '100.63.255.255', '192.167.1.1'],
    ...['2606:4700::1111', '::ffff:8.8.8.8', '64:ff9b::808:808', '2002:808:808::1', '[2606:4700::1111]'],
  ])('%s', (address) => {
    expect(isPrivateAddress(address)).toBe(false);
  });
});

/** However it is spelled, the URL parser makes the same host of it. */
const spellings = [
  ...['http://127.0.0.1/', 'http://2130706433/', 'http://0x7f.1/', 'http://0177.0.0.1/', 'http://127.1/', 'http://0/'],
  ...['http://127.0.0.1./', 'http://%31%32%37.0.0.1/', 'http://１２７.0.0.1/', 'http://127。0。0。1/'],
  ...['http://[::1]/', 'http://[::ffff:127.0.0.1]/', 'http://[0:0:0:0:0:ffff:7f00:1]/', 'http://[64:ff9b::7f00:1]/'],
  ...['http://localhost/', 'http://LOCALHOST/', 'http://localhost./', 'http://clip.localhost/'],
  ...['http://user@127.0.0.1/', 'http://example.com@127.0.0.1/', 'http://169.254.169.254/latest/meta-data'],
];

describe('a guarded fetch refuses', () => {
  it.each(spellings)('%s', async (url) => {
    for (const guarded of [platformFetch({ guarded: true }), createWebFetch({ guarded: true }).fetch]) {
      await expect(guarded(url)).rejects.toMatchObject({ code: 'source-unreachable', retry: 'never' });
    }
  });

  it('in words that name the setting', () => {
    expect(() => assertPublicHost('127.0.0.1')).toThrow(
      '127.0.0.1 leads to a private address, which URLs from outside may not reach; set network.allowPrivateAddresses to true if it is yours',
    );
  });
});

describe('a source is measured', () => {
  const size = 1_234;

  /** What the job says of its source, which `url` leads to. */
  async function measure(url: string, network: { allowPrivateAddresses?: boolean }) {
    const { sluice, store } = makeClient({}, { network });
    const job = await sluice.import({ source: url, expect: { size } });
    const record = await store.read(job.id);
    return { measured: record?.measured, warnings: record?.warnings.map(({ message }) => message) ?? [] };
  }

  async function mediaServer() {
    const seen: string[] = [];
    const { url } = await listen((request, response) => {
      seen.push(`${request.method} ${request.url}`);
      if (request.url === '/away') response.writeHead(302, { location: '/clip.mp4' });
      else response.writeHead(200, { 'content-length': size });
      response.end();
    });
    return { url, seen };
  }

  it('not on this machine, unless network.allowPrivateAddresses says so', async () => {
    const { url, seen } = await mediaServer();
    const refused = await measure(`${url}/clip.mp4`, {});
    expect(refused.measured).toEqual({ looked: true });
    expect(refused.warnings).toEqual([expect.stringContaining('network.allowPrivateAddresses')]);
    expect(seen).toEqual([]);
    expect(await measure(`${url}/clip.mp4`, { allowPrivateAddresses: true })).toEqual({
      measured: { looked: true, size },
      warnings: [],
    });
    expect(seen).toEqual(['HEAD /clip.mp4']);
  });

  it('through redirects, each of which is looked at again', async () => {
    const { url } = await mediaServer();
    const allowed = await measure(`${url}/away`, { allowPrivateAddresses: true });
    expect(allowed.measured).toEqual({ looked: true, size });
  });
});

describe('with a fetch of the application’s own', () => {
  /** Everything answers with the same size; the public address redirects to a private one. */
  function ownFetch(asked: string[]): typeof fetch {
    return async (input) => {
      const url = String(input);
      asked.push(url);
      const away = url.includes('1.1.1.1');
      return new Response(null, away ? { status: 302, headers: { location: 'http://169.254.169.254/key' } } : {});
    };
  }

  it.each([
    ['of a source', 'http://10.0.0.1/clip.mp4', []],
    ['of a redirect', 'http://1.1.1.1/clip.mp4', ['http://1.1.1.1/clip.mp4']],
  ])('literal private addresses %s are refused all the same', async (_what, source, expected) => {
    const asked: string[] = [];
    const { sluice } = makeClient({}, { fetch: ownFetch(asked) });
    const job = await sluice.import({ source, expect: { size: 5 } });
    expect(asked.filter((url) => !url.includes('api.acme'))).toEqual(expected);
    expect(job.snapshot.warnings[0]?.message).toContain('network.allowPrivateAddresses');
  });
});

describe('what the application configured is trusted', () => {
  it('a baseUrl on loopback works without any setting', async () => {
    const { url } = await listen((_request, response) => response.end('{}'));
    const { http } = makeHttp({ over: { calls: platformCalls() }, wire: { baseUrl: url } });
    expect((await http.call({ method: 'GET', path: '/' })).status).toBe(200);
  });

  it('a refusal of the guard is no doubt about a call: it was never sent', async () => {
    const { http } = makeHttp({
      over: { fetch: platformFetch({ guarded: true }) },
      wire: { baseUrl: 'http://127.0.0.1:8081' },
    });
    const error: unknown = await http.call({ method: 'POST', path: '/' }).catch((thrown: unknown) => thrown);
    expect(SluiceError.is(error) && error.ambiguous).toBe(undefined);
  });
});
