import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { S3Error } from './s3-error.js';

/** S3's additional checksums that the face computes itself. The value is base64. */
interface Checksum {
  update(bytes: Buffer): void;
  digest(): string;
}

const PREFIX = 'x-amz-checksum-';
/** Headers that only say how a checksum is meant. */
const ABOUT = new Set([`${PREFIX}mode`, `${PREFIX}type`, `${PREFIX}algorithm`]);

const KINDS: Record<string, () => Checksum> = {
  [`${PREFIX}crc32`]: createCrc32,
  [`${PREFIX}sha1`]: () => createDigest('sha1'),
  [`${PREFIX}sha256`]: () => createDigest('sha256'),
};

/** The names of the checksums that a put brings, in its headers or, as announced, in its trailer. */
export function announcedChecksums(headers: Record<string, string>): string[] {
  const inTrailer = (headers['x-amz-trailer'] ?? '').split(',').map((name) => name.trim().toLowerCase());
  const names = [...Object.keys(headers), ...inTrailer];
  return names.filter((name) => name.startsWith(PREFIX) && !ABOUT.has(name));
}

/** Throws `NotImplemented` for one of the kinds that it does not know (CRC32C, CRC64NVME). */
export function createChecksum(name: string): Checksum {
  const create = KINDS[name];
  if (!create) throw new S3Error('NotImplemented', `The emulator does not compute ${name}`);
  return create();
}

function createCrc32(): Checksum {
  let value = 0;
  return {
    update: (bytes) => {
      value = crc32(bytes, value);
    },
    digest: () => {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(value);
      return bytes.toString('base64');
    },
  };
}

function createDigest(algorithm: 'sha1' | 'sha256'): Checksum {
  const hash = createHash(algorithm);
  return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest('base64') };
}
