import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { Capabilities } from '../../src/model/capabilities.js';
import { defineSource } from '../../src/model/define-source.js';
import { defineStaging } from '../../src/model/define-staging.js';
import { fromBuffer } from '../../src/model/from-bytes.js';
import type { ImportRequest } from '../../src/model/request.js';
import { makeClient } from '../support/client.js';

const never = () => Promise.reject(new Error('no call is made'));

const look = async () => ({ size: 100, fingerprint: '1' });
const settings = z.object({});
const shelf = defineSource({
  name: 'shelf',
  schemes: ['ftp', 'rsync'],
  settings,
  create: () => ({ look, open: never }),
});
const objects = defineSource({
  name: 'objects',
  schemes: ['s3'],
  settings,
  create: () => ({ look, open: never, presign: never }),
});

const bucket = defineStaging({
  name: 'bucket',
  settings: z.object({}),
  create: () => ({
    place: 's3://bucket.example/mine',
    longestPresignMs: 1,
    ...{ begin: never, sign: never, list: never, complete: never, abort: never, presign: never },
    ...{
      remove: never,
      look: never,
      object: () => null,
      objects: async function* () {},
      openUploads: async function* () {},
      test: never,
    },
  }),
})({});

const url = { url: { schemes: ['http', 'https'] } } satisfies Partial<Capabilities>;
const parts = { name: 'parts', shape: 'parts', minBytes: 0, maxBytes: 1_000 } as const;
const bytes = { upload: { ways: [parts], canList: false, canSign: false } } satisfies Partial<Capabilities>;

/** What a plan says of the route: its kind, or the problem's field and words. */
async function routeOf(
  source: ImportRequest['source'],
  {
    capabilities,
    staging = false,
    sources = true,
    route,
  }: {
    capabilities: Partial<Capabilities>;
    staging?: boolean;
    sources?: boolean;
    route?: ImportRequest['route'];
  },
) {
  const { sluice } = makeClient(
    { capabilities, bare: true },
    { ...(sources && { sources: [shelf(), objects()] }), ...(staging && { staging: bucket }) },
  );
  const plan = await sluice.plan({ source, expect: { size: 100 }, ...(route !== undefined && { route }) });
  const [problem] = plan.problems.filter(({ severity }) => severity === 'error');
  return problem === undefined ? plan.route?.kind : `${problem.field}: ${problem.message}`;
}

const file = fromBuffer(new Uint8Array(100), { name: 'clip.mp4' });

describe('the route that moves the fewest bytes is taken', () => {
  it.each([
    { what: 'https into a URL provider', source: 'https://h.example/c.mp4', capabilities: { ...url }, kind: 'direct' },
    {
      what: 'https into a provider of both',
      source: 'https://h.example/c.mp4',
      capabilities: { ...url, ...bytes },
      kind: 'direct',
    },
    {
      what: 'https into a provider of bytes',
      source: 'https://h.example/c.mp4',
      capabilities: { ...bytes },
      kind: 'relay',
    },
    { what: 's3 into a URL provider', source: 's3://h.example/b/c.mp4', capabilities: { ...url }, kind: 'presign' },
    {
      what: 's3 into a provider of bytes',
      source: 's3://h.example/b/c.mp4',
      capabilities: { ...bytes },
      kind: 'relay',
    },
    {
      what: 'ftp into a provider of both',
      source: 'ftp://h.example/c.mp4',
      capabilities: { ...url, ...bytes },
      kind: 'relay',
    },
    { what: 'ftp into a URL provider', source: 'ftp://h.example/c.mp4', capabilities: { ...url }, kind: 'stage' },
    { what: 'a file into a URL provider', source: file, capabilities: { ...url }, kind: 'stage' },
    { what: 'a file into a provider of both', source: file, capabilities: { ...url, ...bytes }, kind: 'direct' },
  ] as const)('$what', async ({ source, capabilities, kind }) => {
    expect(await routeOf(source, { capabilities, staging: true })).toBe(kind);
  });
});

describe('a route that is asked for', () => {
  it('is taken where it can be, also if another one moves less', async () => {
    const both = { ...url, ...bytes };
    expect(await routeOf('https://h.example/c.mp4', { capabilities: both, route: 'relay' })).toBe('relay');
    expect(await routeOf(file, { capabilities: both, staging: true, route: 'stage' })).toBe('stage');
  });

  it('is refused where it cannot, with the reason', async () => {
    expect(await routeOf('ftp://h.example/c.mp4', { capabilities: url, staging: true, route: 'direct' })).toBe(
      'route: "direct" cannot be taken: nova takes http and https URLs, not an ftp URL',
    );
    expect(await routeOf(file, { capabilities: { ...url, ...bytes }, route: 'relay' })).toBe(
      'route: "relay" does not exist for this source to nova; there may be direct, stage',
    );
  });
});

describe('without a way', () => {
  it('the refusal says all that would open one', async () => {
    expect(await routeOf('ftp://h.example/c.mp4', { capabilities: url })).toBe(
      'source: nova takes http and https URLs, not an ftp URL; nova takes no bytes; no staging bucket is configured; name one under "staging"',
    );
    expect(await routeOf('ftp://h.example/c.mp4', { capabilities: bytes, sources: false })).toContain(
      'ftp URLs cannot be read from here; install @sluice/ftp and name it under "sources"',
    );
    expect(await routeOf(file, { capabilities: url })).toContain('not bytes; no staging bucket is configured');
  });

  it('a size that no way holds is named before a byte moves, also of a source far away', async () => {
    const tight = { upload: { ...bytes.upload, ways: [{ ...parts, maxBytes: 99 }] } };
    expect(await routeOf('ftp://h.example/c.mp4', { capabilities: tight })).toBe(
      'source.size: nova: it takes from 0 to 99 bytes, and this has 100',
    );
  });
});
