import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import {
  type ByteInput,
  type Expect,
  type ImportRequest,
  integration,
  type Sluice,
  type SourceInput,
} from '@sluice/core';
import { usageError } from '../usage.js';
import { parseAssignments } from './assignments.js';
import { parseInto, parseSource } from './parse-source.js';
import type { RequestOptions } from './request-options.js';
import { describeStandardInput, standardInput } from './standard-input.js';

/** A request and the SOURCE that it was made from. */
export interface BuiltRequest {
  /** As it was typed. */
  source: string;
  request: ImportRequest;
}

/**
 * Makes one request for each SOURCE.
 * @throws SluiceError `invalid-request` for what makes no sense, before anything is sent
 */
export async function buildRequests(
  sluice: Sluice,
  sources: string[],
  options: RequestOptions,
): Promise<BuiltRequest[]> {
  refuseSharedIdentity(sources, options);
  const shared = sharedFields(sluice, options);
  if (options.into !== undefined) {
    const files = sources.map((source) => ({ source: readFileFor(source), typed: source }));
    return [intoBucket(files, shared, { ...options, into: options.into })];
  }
  const inputs = sources.map((source) => ({
    source,
    input: source === standardInput ? describeStandardInput(options) : parseSource(source),
  }));
  return Promise.all(
    inputs.map(async ({ source, input }) => {
      const expect = await readExpectations(input, options);
      return { source, request: { source: input, ...shared, ...(expect !== undefined && { expect }) } };
    }),
  );
}

/** One request for all of them: they are put into the integration's bucket, and imported from there. */
export function intoBucket(
  files: { source: SourceInput; typed: string; name?: string | undefined }[],
  { name, ...shared }: Omit<ImportRequest, 'source'>,
  { into, expectSize, expectSha256 }: RequestOptions & { into: string },
): BuiltRequest {
  if (expectSize !== undefined || expectSha256 !== undefined) {
    throw usageError(
      '--expect-size and --expect-sha256 are about one source, and --into puts files into a bucket: leave them out',
    );
  }
  const named = files.map(({ source, name: own = name }) => ({ source, ...(own !== undefined && { name: own }) }));
  const typed = files.map((file) => file.typed).join(' ');
  return { source: typed, request: { ...shared, source: integration(parseInto(into), { files: named }) } };
}

function readFileFor(text: string): Exclude<SourceInput, ByteInput> {
  const source = text === standardInput ? undefined : parseSource(text);
  const isFile = source !== undefined && (typeof source === 'string' || ('kind' in source && source.kind === 'file'));
  if (isFile) return source;
  throw usageError(`SOURCE "${text}": --into takes paths and URLs, which another process can open too`);
}

/** What is said of one source cannot be true of several, and nobody wants to pay for the same import twice. */
function refuseSharedIdentity(sources: string[], options: RequestOptions): void {
  // With --into they are one job, which has one key.
  const key = options.into === undefined ? options.key : undefined;
  const single = { '--name': options.name, '--key': key, '--expect-size': options.expectSize };
  const given = Object.entries({ ...single, '--expect-sha256': hashOf(options) }).find(
    ([, value]) => value !== undefined,
  );
  if (sources.length > 1 && given !== undefined) {
    throw usageError(`${given[0]} is about one source, and ${sources.length} are given: import them one by one`);
  }
  const twice = sources.findIndex((source, index) => sources.indexOf(source) !== index);
  if (twice >= 0) throw usageError(`SOURCE ${twice + 1} is given twice, and would be imported twice: take it out`);
}

function hashOf({ expectSha256 }: RequestOptions): string | undefined {
  return expectSha256 === 'compute' ? undefined : expectSha256;
}

/** What the command line says of every request. */
export function sharedFields(sluice: Sluice, options: RequestOptions): Omit<ImportRequest, 'source'> {
  const { provider, name, key, priority, ifExists, route, verify } = options;
  const metadata = parseAssignments(options.metadata ?? [], { flag: '--metadata', nested: false });
  const own = parseAssignments(options.option ?? [], { flag: '--option', nested: true });
  const adapter = adapterOf(sluice, provider);
  return {
    ...(provider !== undefined && { provider }),
    ...(name !== undefined && { name }),
    ...(key !== undefined && { key }),
    ...(priority !== undefined && { priority }),
    ...(ifExists !== undefined && { ifExists }),
    ...(route !== undefined && { route }),
    ...(verify !== undefined && { verify }),
    ...(options.metadata !== undefined && { metadata }),
    ...(options.option !== undefined && adapter !== undefined && { options: { [adapter]: own } }),
  };
}

/** Undefined for a provider that is not configured: the request itself is refused with better words. */
export function adapterOf(sluice: Sluice, provider: string | undefined): string | undefined {
  return sluice.providers().find((info) => (provider === undefined ? info.default : info.name === provider))?.adapter;
}

async function readExpectations(source: SourceInput, options: RequestOptions): Promise<Expect | undefined> {
  const { expectSize: size, expectSha256 } = options;
  const sha256 = expectSha256 === 'compute' ? await computeSha256(source) : expectSha256;
  if (size === undefined && sha256 === undefined) return undefined;
  return { ...(size !== undefined && { size }), ...(sha256 !== undefined && { sha256 }) };
}

/** Undefined for standard input, which is read later: when all that can be checked before is well. What lies elsewhere is read by the engine. */
async function computeSha256(source: SourceInput): Promise<string | undefined> {
  if (typeof source === 'object' && !(source instanceof URL) && source.kind === 'bytes') return undefined;
  if (typeof source !== 'object' || source instanceof URL || source.kind !== 'file') return 'compute';
  const hash = createHash('sha256');
  await pipeline(createReadStream(source.path, { highWaterMark: 1024 * 1024 }), hash);
  return hash.digest('hex');
}
