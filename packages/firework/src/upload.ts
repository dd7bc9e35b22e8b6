import {
  type AdapterRequest,
  type AdapterUpload,
  type ArrivedPart,
  type FormUpload,
  type Http,
  type HttpAnswer,
  type JsonValue,
  type PartsUpload,
  SluiceError,
} from '@sluice/core/adapter';
import { readCreated, videosPath } from './create-video.js';
import { errorIn } from './errors.js';
import type { ParsedOptions } from './options.js';
import { readSession } from './references.js';
import type { ParsedSettings } from './settings.js';
import { fieldsOf, neededChannel } from './video-fields.js';
import { type VideoFile, videoFileOf } from './video-file.js';
import { planParts, waysOf } from './ways.js';
import { readMultipart, readSignature } from './wire-shapes.js';

type Request = AdapterRequest<ParsedOptions>;

/**
 * How bytes get to Firework. It signs everything at the start, tells nobody which parts arrived, signs nothing again and ends no
 * upload: one whose signatures ran out is begun anew.
 */
export function uploadOf(settings: ParsedSettings): AdapterUpload<ParsedOptions> {
  return {
    ways: waysOf(settings),
    wish: ({ options }) => options.upload,
    begin(request, { size, way }, { http }) {
      const file = neededFile(request);
      if (way === 'file') return Promise.resolve(fileForm(request, file, settings));
      const channel = neededChannel(request, settings);
      const json = { filename: file.filename, mime_type: file.mimeType, channel_id: channel };
      return way === 'multipart' ? beginParts(http, json, size) : beginForm(http, json);
    },
    complete: (session, parts, { http }) => completeParts(http, session, parts),
    answered: readCreated,
  };
}

function neededFile(request: Request): VideoFile {
  const file = videoFileOf(request);
  if (!('rule' in file)) return file;
  throw new SluiceError({ code: 'invalid-request', message: `the file's name ${file.rule}` });
}

interface SignatureRequest {
  filename: string;
  mime_type: string;
  channel_id: string;
}

/** Videos page, 4. The fields of the form in the page's order. */
async function beginForm(http: Http, json: SignatureRequest): Promise<FormUpload> {
  const answer = await http.call({
    method: 'POST',
    path: '/api/v1/upload_signatures',
    json: { ...json },
    effect: 'repeatable',
  });
  const signed = readSignature(answer);
  return {
    kind: 'form',
    url: signed.post_url,
    fields: [
      ['key', signed.key],
      ['acl', signed.acl],
      ['X-Amz-Algorithm', signed.algorithm],
      ['X-Amz-Credential', signed.credential],
      ['X-Amz-Date', signed.date],
      ['Policy', signed.policy],
      ['X-Amz-Signature', signed.signature],
      ['Content-Type', json.mime_type],
    ],
    fileField: 'file',
    filename: json.filename,
    contentType: json.mime_type,
    answer: 'none',
    uploaded: { s3_key: signed.key },
  };
}

/** Videos page, 5.1. Parts that are never put together cost nothing: to ask again does no harm. */
async function beginParts(http: Http, json: SignatureRequest, size: number): Promise<PartsUpload> {
  const { count, partSize } = planParts(size);
  const answer = await http.call({
    method: 'POST',
    path: '/api/v1/upload_multipart/signatures',
    json: { ...json, parts_count: count },
    effect: 'repeatable',
  });
  const { key, upload_id, parts } = readMultipart(answer, count);
  return {
    kind: 'parts',
    session: { key, upload_id },
    uploaded: { s3_key: key },
    partSize,
    first: parts.map(({ part, signature }) => ({ number: part, url: signature.put_url })),
  };
}

/**
 * Videos page, 5.3. Each call counts: one after a lost answer may be told that there is no such upload any more. Repeated by the
 * wire, that would pass for a refusal; the engine remembers that it asked before, and lets the creation tell.
 */
async function completeParts(http: Http, session: JsonValue, parts: ArrivedPart[]): Promise<void> {
  const json = { ...readSession(session), parts: parts.map(({ number, etag }) => ({ part: number, etag })) };
  assertCompleted(await http.call({ method: 'POST', path: '/api/v1/upload_multipart/complete', json, effect: 'once' }));
}

/**
 * Videos page, 5.3.4: nothing is said where it went well. The object store behind it may answer 200 and say afterwards that it failed
 * (S3, CompleteMultipartUpload), and who passes that on has put nothing together.
 */
function assertCompleted(answer: HttpAnswer): void {
  const said = errorIn(answer);
  if (said === undefined) return;
  const { status } = answer;
  const message = `Firework answered the call that puts the parts together with HTTP ${status} and an error: ${said}`;
  throw new SluiceError({ code: 'protocol', retry: 'later', status, message });
}

/** Videos page, 6.3, option 1: the file goes to Firework itself, and its answer is the video. */
function fileForm(request: Request, { filename, mimeType }: VideoFile, settings: ParsedSettings): FormUpload {
  return {
    kind: 'form',
    url: `${settings.baseUrl}${videosPath}`,
    headers: { accept: 'application/json' },
    authorized: true,
    fields: [['metadata', JSON.stringify(fieldsOf(request, settings))]],
    fileField: 'file',
    filename,
    contentType: mimeType,
    answer: 'json',
    uploaded: null,
  };
}
