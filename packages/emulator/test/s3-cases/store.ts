import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { CreateBucketCommand, S3Client, type S3ClientConfig, S3ServiceException } from '@aws-sdk/client-s3';

/** Who may do everything, and where. */
export interface S3Account {
  endpoint: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
}

/** A store that the cases run against. */
export interface S3Store extends S3Account {
  /** A bucket that is there. */
  bucket: string;
  client: S3Client;
}

/** One thing that every S3 does alike. */
export interface S3Case {
  name: string;
  /** Does it, and answers with what was seen, briefly. */
  run(store: S3Store): Promise<unknown>;
  /** What AWS shows. */
  seen: unknown;
  /** What Ceph's gateway 16.2 shows instead, and why that is its own way. */
  ceph?: { seen: unknown; why: string };
}

/** Opens a store for the cases, with a bucket of its own. */
export async function openStore(account: S3Account): Promise<S3Store> {
  const bucket = `cases-${randomUUID().slice(0, 8)}`;
  const store = { ...account, bucket, client: connect(account) };
  await store.client.send(new CreateBucketCommand({ Bucket: bucket }));
  return store;
}

/** A client that sends what it is told and nothing else: no checksums of its own, no second try. */
export function connect(account: S3Account, config: S3ClientConfig = {}): S3Client {
  const { endpoint, region, accessKeyId, secretAccessKey } = account;
  return new S3Client({
    endpoint,
    region,
    credentials: { accessKeyId, secretAccessKey },
    forcePathStyle: true,
    maxAttempts: 1,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    ...config,
  });
}

/** What became of a call of the SDK: its answer's status, or the status and S3's code. */
export async function outcome(call: Promise<{ $metadata: { httpStatusCode?: number } }>): Promise<string> {
  try {
    return String((await call).$metadata.httpStatusCode);
  } catch (error) {
    if (!(error instanceof S3ServiceException)) throw error;
    return `${error.$metadata.httpStatusCode} ${error.name}`;
  }
}

/** A key that no other case has. */
export function newKey(ending = ''): string {
  return `a folder/${randomUUID()}${ending}`;
}

/** A request as it goes over the wire. */
export interface RawRequest {
  method: string;
  url: string;
  headers?: Record<string, string>;
  body?: Buffer | string;
  /** Chunked where it is false: no length is said. */
  sendLength?: boolean;
}

/** What came back over the wire. */
export interface RawAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
  /** Whether the store said that the body may come. */
  continued: boolean;
}

/** Sends a request byte for byte. Where it expects 100-continue, the body waits for that. */
export function send({ method, url, headers = {}, body = '', sendLength = true }: RawRequest): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const length = { 'content-length': String(Buffer.byteLength(body)) };
    const all = { ...(sendLength ? length : { 'transfer-encoding': 'chunked' }), ...headers };
    const sent = request(url, { method, headers: all, agent: false });
    let continued = false;
    sent.once('continue', () => {
      continued = true;
      sent.end(body);
    });
    sent.once('error', reject);
    sent.once('response', (response) => {
      let text = '';
      response.on('data', (piece: Buffer) => {
        text += piece.toString();
      });
      response.on('end', () => {
        sent.destroy();
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text, continued });
      });
    });
    if ('expect' in headers) sent.flushHeaders();
    else if (sendLength) sent.end(body);
    else {
      sent.write(body);
      sent.end();
    }
  });
}

/** The status and S3's code, such as `403 AccessDenied`. */
export function brief({ status, body }: Pick<RawAnswer, 'status' | 'body'>): string {
  const [, code = ''] = /<Code>(\w+)<\/Code>/.exec(body) ?? [];
  return `${status} ${code}`.trim();
}

/** The same of a request sent. */
export async function ask(sent: RawRequest): Promise<string> {
  return brief(await send(sent));
}
