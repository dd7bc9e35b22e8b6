import { writeFile } from 'node:fs/promises';
import { ensureProgram } from '../processes/debian.js';
import { withTemporaryFolder } from '../processes/temporary-folder.js';
import { runWorkload } from '../processes/workload.js';
import { measureProgram } from './measure-program.js';
import type { Room } from './room.js';
import type { NodeClient } from './send-parts.js';
import { type Cost, costSchema, partUrl, type Sending, warmUpBytes } from './sending.js';

/** One way of sending a file in parts. */
export interface Side {
  label: string;
  /** For a cell of the table. */
  short: string;
  ours: boolean;
  /** Makes sure that it is there. @throws MissingProgram */
  prepare?(): Promise<void>;
  /** Sends it to the sink at `sending.origin`. */
  send(room: Room, sending: Sending): Promise<Cost>;
  /** How many bytes arrive in all, for a file of that size: some sides warm up. */
  sends(size: number): number;
}

/** A client that runs in Node, in a process of its own. */
export function nodeSide(
  client: NodeClient,
  { digest = false, ...names }: Pick<Side, 'label' | 'short' | 'ours'> & { digest?: boolean },
): Side {
  return {
    ...names,
    sends: (size) => size + warmUpBytes(size),
    send: async ({ files }, sending) => {
      const warmUp = await files.whole(warmUpBytes(sending.size));
      return runWorkload('send-parts', { input: { ...sending, warmUp, client, digest }, result: costSchema });
    },
  };
}

/** Ours, as the engine sends, without and with the sha-256 of the whole. */
export const ours = nodeSide('byte-plane', { label: 'Sluice', short: 'Sluice', ours: true });
export const oursWithDigest = nodeSide('byte-plane', {
  ...{ label: 'Sluice, with sha-256', short: 'Sluice', ours: true },
  digest: true,
});

export const limit: Side = {
  label: 'C with sendfile',
  short: 'sendfile',
  ours: false,
  sends: (size) => size,
  send: ({ native }, { origin, file, partSize, inFlight }) =>
    measureProgram(native, [native.limit, new URL(origin).port, file, String(partSize), String(inFlight)]),
};

/** One process, its parts split beforehand: it cannot send a part of a file. */
export const curl: Side = {
  label: 'curl, parts split before',
  short: 'curl',
  ours: false,
  sends: (size) => size,
  prepare: () => ensureProgram({ test: ['curl', '--version'], packages: ['curl'] }),
  send: (room, sending) => curlParts(room, { ...sending, urlOf: (number) => partUrl(sending.origin, number) }),
};

/** Has curl send the pieces of a file, each to its own URL; numbers count from 1. */
export async function curlParts(
  { native, files }: Room,
  { inFlight, ca, urlOf, ...sizes }: Omit<Sending, 'origin' | 'digest'> & { urlOf: (number: number) => string },
): Promise<Cost> {
  const pieces = await files.pieces(sizes);
  return withTemporaryFolder(async (folder) => {
    const list = `${folder}/parts`;
    const lines = pieces.map((piece, index) => `upload-file = "${piece}"\nurl = "${urlOf(index + 1)}"\n`);
    await writeFile(list, lines.join(''));
    return measureProgram(native, [
      'curl',
      ...curlOptions(ca),
      '--parallel',
      '--parallel-max',
      String(inFlight),
      '--config',
      list,
    ]);
  });
}

/** What every curl is given. */
export function curlOptions(ca?: string): string[] {
  return ['--silent', '--fail', '--http1.1', ...(ca === undefined ? [] : ['--cacert', ca])];
}

export const rclone: Side = {
  label: 'rclone',
  short: 'rclone',
  ours: false,
  sends: (size) => size,
  prepare: () => ensureProgram({ test: ['rclone', 'version'], packages: ['rclone'] }),
  send: ({ native }, { origin, file, partSize, inFlight }) =>
    measureProgram(native, [
      ...([
        'rclone',
        'copyto',
        file,
        ':s3:bucket/film.mp4',
        '--config',
        '/dev/null',
        '--no-check-dest',
        '--retries',
        '1',
      ] as const),
      ...[
        '--s3-provider',
        'Other',
        '--s3-endpoint',
        origin,
        '--s3-access-key-id',
        'a-key',
        '--s3-secret-access-key',
        'a-secret',
      ],
      ...['--s3-chunk-size', `${partSize}B`, '--s3-upload-concurrency', String(inFlight), '--s3-upload-cutoff', '5Mi'],
      ...['--s3-no-check-bucket', '--s3-no-head', '--s3-disable-checksum', '--ignore-checksum'],
    ]),
};

export const libStorage = nodeSide('lib-storage', {
  label: 'lib-storage (AWS SDK)',
  short: 'lib-storage',
  ours: false,
});
export const nodeFetch = nodeSide('fetch', { label: 'fetch, streams', short: 'fetch', ours: false });
export const ky = nodeSide('ky', { label: 'ky, streams', short: 'ky', ours: false });
