import { SluiceError } from '@sluice/core/adapter';

/** What opens a bucket. */
export interface Keys {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

/** Where an endpoint is, and how it is spoken to. */
export interface Endpoint {
  /** With its scheme. */
  url: string;
  region: string;
  /** The bucket in the path, and not in the host's name. */
  pathStyle: boolean;
}

/** An object, as its URL says. */
export interface ObjectPlace {
  /** Host and port. */
  host: string;
  bucket: string;
  key: string;
  /** Absent for objects that everybody may read. */
  keys?: Keys;
}

/**
 * Reads `s3://ACCESS-KEY:SECRET@HOST/BUCKET/KEY`. What is special in a URL is percent-encoded in each part.
 * @throws SluiceError `invalid-request`
 */
export function readPlace(text: string): ObjectPlace {
  const { host, username, password, pathname, search } = new URL(text);
  const [, bucket = '', key = ''] = /^\/([^/]+)\/(.+)$/.exec(pathname) ?? [];
  if (bucket === '' || key === '' || search !== '') {
    throw invalid(`s3://${host}: a source is written as s3://ACCESS-KEY:SECRET@HOST/BUCKET/KEY, without a query`);
  }
  if ((username === '') !== (password === '')) {
    throw invalid(`s3://${host}: the access key and the secret key come together, as s3://ACCESS-KEY:SECRET@HOST/…`);
  }
  return {
    host,
    bucket: decode(bucket),
    key: decode(key),
    ...(username !== '' && { keys: { accessKeyId: decode(username), secretAccessKey: decode(password) } }),
  };
}

/** An object as a person may read it. */
export function placeName({ host, bucket, key }: ObjectPlace): string {
  return `s3://${host}/${bucket}/${key}`;
}

/** Keys hold slashes and per cent signs that nobody encoded. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The hosts of stores that name their region: Amazon S3 and Backblaze B2. Cloudflare R2 has one region, `auto`; all others take any. */
const regionsInHosts = [
  /^(?:s3[.-](?:dualstack\.)?|[^.]+\.s3[.-](?:dualstack\.)?)([a-z]{2}(?:-[a-z]+)+-\d)\.amazonaws\.com(?:\.cn)?$/,
  /^s3\.([a-z]{2}-[a-z]+-\d+)\.backblazeb2\.com$/,
];

/** The region that a host belongs to, for `region: 'auto'`. */
export function regionOf(host: string): string {
  const name = host.replace(/:\d+$/, '').toLowerCase();
  for (const pattern of regionsInHosts) {
    const region = pattern.exec(name)?.[1];
    if (region !== undefined) return region;
  }
  return name.endsWith('.r2.cloudflarestorage.com') ? 'auto' : 'us-east-1';
}

function invalid(message: string): SluiceError {
  return new SluiceError({ code: 'invalid-request', message });
}
