import { continueBody } from '../server/continue.js';
import { boundaryOf, type FormPart, MalformedForm, readField, readForm } from '../server/multipart-form.js';
import type { S3Account } from './authentication.js';
import type { KeptObject } from './kept-object.js';
import { etagOf, headersToKeep } from './object-operations.js';
import type { ObjectStore } from './object-store.js';
import { checkPostPolicy, type SizeRange } from './post-policy.js';
import type { S3Call } from './s3-call.js';
import { S3Error } from './s3-error.js';
import { sendXml } from './xml.js';

/** AWS S3: what stands before the file may have 20 KB. */
const LONGEST_FIELDS_BYTES = 20 * 1024;

/**
 * PostObject, the form upload: the fields in front are checked against their signed policy before a byte of the file is
 * kept, and what comes after the file is ignored, as AWS does.
 */
export async function postObject(call: Omit<S3Call, 'payload'>, account: S3Account): Promise<string> {
  const { request, outgoing } = call;
  const boundary = boundaryOf(request.headers['content-type']);
  if (boundary === undefined) {
    throw new S3Error(
      'PreconditionFailed',
      'At least one of the pre-conditions you specified did not hold: Bucket POST must be of the enclosure-type multipart/form-data',
    );
  }
  if (!/^\d+$/.test(request.headers['content-length'] ?? '')) {
    throw new S3Error('MissingContentLength', 'You must provide the Content-Length HTTP header.');
  }
  continueBody(request.incoming, outgoing);
  const fields = new Map<string, string>();
  try {
    for await (const part of readForm(request.body, boundary)) {
      if (part.name.toLowerCase() === 'file') return await takeFile(call, { account, fields, part });
      const value = await readField(part, LONGEST_FIELDS_BYTES);
      fields.set(part.name.toLowerCase(), value);
      checkLength(fields);
    }
  } catch (error) {
    if (!(error instanceof MalformedForm)) throw error;
    const message = 'The body of your POST request is not well-formed multipart/form-data.';
    throw new S3Error('MalformedPOSTRequest', message);
  }
  throw new S3Error('InvalidArgument', 'POST requires exactly one file upload per request.', { ArgumentName: 'file' });
}

interface FormFile {
  account: S3Account;
  /** By lower-case name. */
  fields: Map<string, string>;
  part: FormPart;
}

async function takeFile(call: Omit<S3Call, 'payload'>, { account, fields, part }: FormFile): Promise<string> {
  const { store, request } = call;
  const key = fields.get('key')?.replace(/\$\{filename\}/g, () => part.filename ?? '');
  if (key === undefined || key === '') {
    const message =
      "Bucket POST must contain a field named 'key'. If it is specified, please check the order of the fields.";
    throw new S3Error('InvalidArgument', message, { ArgumentName: 'key' });
  }
  const { bucket } = request;
  const sizes = checkPostPolicy(new Map([...fields, ['bucket', bucket], ['key', key]]), account);
  const kept = await keepFile(store, { bucket, key, fields, part, sizes });
  // What comes after the file is nobody's, and the connection can only be used again once it is read.
  request.incoming.resume();
  answer(call, kept, fields);
  return `${kept.size} bytes by form`;
}

function keepFile(
  store: ObjectStore,
  { bucket, key, fields, part, sizes }: { bucket: string; key: string; sizes: SizeRange } & Omit<FormFile, 'account'>,
): Promise<KeptObject> {
  return store.put({
    bucket,
    key,
    bytes: within(part.bytes, sizes),
    contentType: fields.get('content-type') ?? 'binary/octet-stream',
    headers: headersToKeep(Object.fromEntries(fields)),
    check: ({ size }) => {
      if (size >= sizes.least) return {};
      const details = { ProposedSize: String(size), MinSizeAllowed: String(sizes.least) };
      throw new S3Error('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size', details);
    },
  });
}

/** Stops as soon as there is one byte too many. */
async function* within(bytes: AsyncIterable<Buffer>, { most }: SizeRange): AsyncGenerator<Buffer> {
  let size = 0;
  for await (const piece of bytes) {
    size += piece.length;
    if (size > most) {
      const details = { ProposedSize: String(size), MaxSizeAllowed: String(most) };
      throw new S3Error('EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size', details);
    }
    yield piece;
  }
}

function answer({ request, outgoing }: Omit<S3Call, 'payload'>, kept: KeptObject, fields: Map<string, string>): void {
  const { bucket } = request;
  const ETag = etagOf(kept);
  const Location = `http://${request.headers.host}/${bucket}/${kept.key.split('/').map(encodeURIComponent).join('/')}`;
  outgoing.setHeader('etag', ETag);
  outgoing.setHeader('location', Location);
  const redirect = fields.get('success_action_redirect') ?? fields.get('redirect');
  const status = fields.get('success_action_status');
  if (redirect !== undefined && URL.canParse(redirect)) {
    const url = new URL(redirect);
    for (const [name, value] of Object.entries({ bucket, key: kept.key, etag: ETag }))
      url.searchParams.set(name, value);
    outgoing.writeHead(303, { location: url.href, 'content-length': '0' }).end();
  } else if (status === '201') {
    sendXml(outgoing, 201, { PostResponse: { Location, Bucket: bucket, Key: kept.key, ETag } });
  } else if (status === '200') {
    outgoing.writeHead(200, { 'content-length': '0' }).end();
  } else {
    outgoing.writeHead(204).end();
  }
}

function checkLength(fields: ReadonlyMap<string, string>): void {
  const length = [...fields].reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  if (length <= LONGEST_FIELDS_BYTES) return;
  throw new S3Error(
    'MaxPostPreDataLengthExceededError',
    'Your POST request fields preceding the upload file were too large.',
  );
}
