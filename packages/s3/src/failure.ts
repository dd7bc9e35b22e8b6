import { S3ServiceException } from '@aws-sdk/client-s3';
import { type ErrorCode, redactText, SluiceError } from '@sluice/core/adapter';

/** What a refusal means, in words that say what to mend. */
interface Meaning {
  code: ErrorCode;
  says: string;
}

const access: Record<string, string> = {
  InvalidAccessKeyId: 'does not know the access key; verify the credentials, and that they belong to this endpoint',
  SignatureDoesNotMatch: 'does not take the secret key; verify the credentials',
  RequestTimeTooSkewed: 'takes the clock of this machine for wrong; set it right',
  ExpiredToken: 'says that the session token has run out',
  InvalidToken: 'does not take the session token',
};

const wrongRegion = new Set([
  'PermanentRedirect',
  'AuthorizationHeaderMalformed',
  'IllegalLocationConstraintException',
  'IncorrectEndpoint',
]);

/**
 * An error of the SDK in the words of ours.
 * @param place what was asked for, as a person may read it
 * @param doing the permission that it takes
 */
export function s3Error(error: unknown, { place, doing }: { place: string; doing: string }): SluiceError {
  if (SluiceError.is(error)) return error;
  const ours = causeOf(error, SluiceError.is);
  if (ours !== undefined) return ours;
  if (error instanceof Error && error.name === 'AbortError') {
    return new SluiceError({ code: 'aborted', message: `${place}: aborted by the caller`, cause: error });
  }
  if (!(error instanceof S3ServiceException)) {
    const code = causeOf(error, hasCode)?.code;
    const message = `${place}: no answer came${code === undefined ? '' : ` (${code})`}; verify the endpoint URL`;
    return new SluiceError({ code: 'unavailable', message, cause: error });
  }
  const { httpStatusCode: status, requestId } = error.$metadata;
  const { code, says } = meaningOf(error, { status: status ?? 0, doing });
  return new SluiceError({
    code,
    message: redactText(`${place}: ${says} (${error.name}${status === undefined ? '' : `, HTTP ${status}`})`),
    providerCode: error.name,
    ...(status !== undefined && { status }),
    ...(requestId !== undefined && { requestId }),
  });
}

function meaningOf(error: S3ServiceException, { status, doing }: { status: number; doing: string }): Meaning {
  const { name } = error;
  if (access[name] !== undefined) return { code: 'auth', says: `the store ${access[name]}` };
  if (wrongRegion.has(name) || status === 301) {
    return { code: 'invalid-request', says: "the region is not the bucket's; set region to the one it was made in" };
  }
  if (name === 'NoSuchBucket') {
    return {
      code: 'not-found',
      says: 'there is no such bucket; its name must be exact, and at this endpoint and region',
    };
  }
  if (name === 'InvalidStorageClass') return { code: 'invalid-request', says: 'the store has no such storage class' };
  if (name === 'NoSuchUpload') return { code: 'not-found', says: 'there is no such upload any more' };
  if (status === 404) return { code: 'not-found', says: 'it is not there' };
  if (status === 401 || status === 403) {
    return {
      code: 'auth',
      says: `access is denied; the credentials need ${doing}, and the bucket's policy must allow it`,
    };
  }
  if (status === 429 || status >= 500 || name === 'SlowDown') {
    return { code: 'unavailable', says: `the store cannot do it now: ${error.message}` };
  }
  return { code: 'protocol', says: error.message };
}

function hasCode(value: unknown): value is { code: string } {
  return typeof value === 'object' && value !== null && 'code' in value && typeof value.code === 'string';
}

function causeOf<T>(error: unknown, matches: (value: unknown) => value is T): T | undefined {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 8; cause = cause.cause, depth += 1) {
    if (matches(cause)) return cause;
  }
  return undefined;
}
