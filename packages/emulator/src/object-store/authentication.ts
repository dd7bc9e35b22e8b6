import { timingSafeEqual } from 'node:crypto';
import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import { S3Error } from './s3-error.js';
import type { S3Request } from './s3-request.js';
import { ALGORITHM, readAmzDate } from './signing-key.js';

/** Whose signatures are right, and by which clock. */
export interface S3Account {
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
  /** Real time, ms since the epoch: clients sign by their own clock, so the providers' hurried one is no use here. */
  now(): number;
}

/** Everything that a signature names, from the header or from the query. */
interface Claim {
  accessKeyId: string;
  /** Date, region, service, and the word that ends it. */
  scope: string[];
  signedHeaders: string[];
  signature: string;
  signedAt: Date;
}

const LONGEST_SKEW_MS = 15 * 60_000;
const LONGEST_EXPIRY_SECONDS = 7 * 24 * 3_600;
const UNSIGNED_PAYLOAD = 'UNSIGNED-PAYLOAD';

/**
 * Checks the request's Signature Version 4, from the Authorization header or from a presigned URL's query, by signing it
 * again with the AWS SDK's own signer. Answers with what was signed of the payload: a hex sha-256, or one of S3's words
 * such as UNSIGNED-PAYLOAD. Throws an `S3Error` for everything that is not right.
 */
export function authenticate(request: S3Request, account: S3Account): Promise<string> {
  if (request.headers.authorization !== undefined) return authenticateHeader(request, account);
  if (parameter(request, 'X-Amz-Algorithm') !== undefined) return authenticateQuery(request, account);
  throw new S3Error('AccessDenied', 'Access Denied');
}

/** Whether the request carries any signature at all. */
export function isAnonymous(request: S3Request): boolean {
  return request.headers.authorization === undefined && parameter(request, 'X-Amz-Algorithm') === undefined;
}

async function authenticateHeader(request: S3Request, account: S3Account): Promise<string> {
  const claim = claimOfHeader(request);
  checkClaim(request, claim, account);
  if (Math.abs(account.now() - claim.signedAt.getTime()) > LONGEST_SKEW_MS) {
    throw new S3Error(
      'RequestTimeTooSkewed',
      "The difference between the request time and the server's time is too large.",
    );
  }
  const payload = request.headers['x-amz-content-sha256'];
  if (payload === undefined) {
    throw new S3Error('InvalidRequest', 'Missing required header for this request: x-amz-content-sha256');
  }
  const signed = await signer(account).sign(signable(request, claim, request.query), {
    signingDate: claim.signedAt,
    signableHeaders: new Set(claim.signedHeaders),
  });
  const [, signature = ''] = /Signature=([0-9a-f]+)$/.exec(signed.headers.authorization ?? '') ?? [];
  checkSignature(claim.signature, signature);
  return payload;
}

async function authenticateQuery(request: S3Request, account: S3Account): Promise<string> {
  const claim = claimOfQuery(request);
  const expiresIn = Number(parameter(request, 'X-Amz-Expires'));
  if (!Number.isInteger(expiresIn) || expiresIn < 1 || expiresIn > LONGEST_EXPIRY_SECONDS) {
    throw new S3Error('AuthorizationQueryParametersError', 'X-Amz-Expires must be between 1 and 604800 seconds');
  }
  checkClaim(request, claim, account);
  if (claim.signedAt.getTime() - account.now() > LONGEST_SKEW_MS) {
    throw new S3Error('AccessDenied', 'Request is not yet valid');
  }
  if (account.now() >= claim.signedAt.getTime() + expiresIn * 1000) {
    throw new S3Error('AccessDenied', 'Request has expired');
  }
  const payload = parameter(request, 'X-Amz-Content-Sha256') ?? UNSIGNED_PAYLOAD;
  const toSign = signable(request, claim, unsignedQuery(request));
  const signed = await signer(account).presign(
    { ...toSign, headers: { ...toSign.headers, 'x-amz-content-sha256': payload } },
    {
      signingDate: claim.signedAt,
      expiresIn,
      signableHeaders: new Set(claim.signedHeaders),
      // It is in the query already where it was signed, or not at all: the signer only has to know it.
      unsignableHeaders: new Set(['x-amz-content-sha256']),
      unhoistableHeaders: new Set([...claim.signedHeaders, 'x-amz-content-sha256']),
    },
  );
  checkSignature(claim.signature, String(signed.query?.['X-Amz-Signature']));
  return payload;
}

function signer({ region, accessKeyId, secretAccessKey }: S3Account): SignatureV4 {
  return new SignatureV4({
    service: 's3',
    region,
    credentials: { accessKeyId, secretAccessKey },
    sha256: Sha256,
    // S3 signs the path as it is on the wire, unlike every other service.
    uriEscapePath: false,
    applyChecksum: false,
  });
}

/** The request as the client had it when it signed: only what it says it signed. */
function signable(request: S3Request, claim: Claim, query: Record<string, string>) {
  const headers: Record<string, string> = {};
  for (const name of claim.signedHeaders) headers[name] = request.headers[name] ?? '';
  return {
    method: request.method,
    protocol: 'http:',
    hostname: headers.host ?? '',
    path: request.path,
    query,
    headers,
  };
}

function claimOfHeader({ headers }: S3Request): Claim {
  const pattern = /^AWS4-HMAC-SHA256\s+Credential=([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})$/;
  const [, credential, signedHeaders, signature] = pattern.exec(headers.authorization ?? '') ?? [];
  const signedAt = readAmzDate(headers['x-amz-date']);
  if (credential === undefined || signedHeaders === undefined || signature === undefined) {
    throw new S3Error('AuthorizationHeaderMalformed', 'The authorization header that you provided is not valid.');
  }
  if (!signedAt) throw new S3Error('AccessDenied', 'AWS authentication requires a valid Date or x-amz-date header');
  const [accessKeyId = '', ...scope] = credential.split('/');
  return { accessKeyId, scope, signedHeaders: signedHeaders.split(';'), signature, signedAt };
}

function claimOfQuery(request: S3Request): Claim {
  const signedAt = readAmzDate(parameter(request, 'X-Amz-Date'));
  const credential = parameter(request, 'X-Amz-Credential');
  const signedHeaders = parameter(request, 'X-Amz-SignedHeaders');
  const signature = parameter(request, 'X-Amz-Signature');
  const whole = signedAt && credential !== undefined && signedHeaders !== undefined && signature !== undefined;
  if (!whole || parameter(request, 'X-Amz-Algorithm') !== ALGORITHM) {
    throw new S3Error(
      'AuthorizationQueryParametersError',
      'Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, ' +
        'X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.',
    );
  }
  const [accessKeyId = '', ...scope] = credential.split('/');
  return { accessKeyId, scope, signedHeaders: signedHeaders.split(';'), signature, signedAt };
}

/** Whether the credential is the account's, of the day it was used on. Throws an `S3Error` where it isn't. */
export function checkCredential(claim: Pick<Claim, 'accessKeyId' | 'scope' | 'signedAt'>, account: S3Account): void {
  if (claim.accessKeyId !== account.accessKeyId) {
    throw new S3Error('InvalidAccessKeyId', 'The AWS Access Key Id you provided does not exist in our records.');
  }
  const day = claim.signedAt.toISOString().slice(0, 10).replaceAll('-', '');
  const expected = [day, account.region, 's3', 'aws4_request'];
  if (claim.scope.join('/') !== expected.join('/')) {
    throw new S3Error(
      'AuthorizationHeaderMalformed',
      `The credential's scope is wrong; expecting ${expected.join('/')}`,
    );
  }
}

function checkClaim(request: S3Request, claim: Claim, account: S3Account): void {
  checkCredential(claim, account);
  const unsigned = Object.keys(request.headers).find(
    (name) => (name === 'host' || name.startsWith('x-amz-')) && !claim.signedHeaders.includes(name),
  );
  if (unsigned !== undefined) {
    throw new S3Error('AccessDenied', `There were headers present in the request which were not signed: ${unsigned}`);
  }
}

/** Throws `SignatureDoesNotMatch` unless they are the same. */
export function checkSignature(given: string, expected: string): void {
  const same = given.length === expected.length && timingSafeEqual(Buffer.from(given), Buffer.from(expected));
  if (same) return;
  throw new S3Error(
    'SignatureDoesNotMatch',
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
  );
}

/** The query without what the signer puts there itself. */
function unsignedQuery({ query }: S3Request): Record<string, string> {
  const made = new Set([
    'x-amz-algorithm',
    'x-amz-credential',
    'x-amz-date',
    'x-amz-expires',
    'x-amz-signedheaders',
    'x-amz-signature',
  ]);
  return Object.fromEntries(Object.entries(query).filter(([name]) => !made.has(name.toLowerCase())));
}

function parameter({ query }: S3Request, name: string): string | undefined {
  return Object.entries(query).find(([given]) => given.toLowerCase() === name.toLowerCase())?.[1];
}
