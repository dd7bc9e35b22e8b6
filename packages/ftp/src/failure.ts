import { SluiceError } from '@sluice/core/adapter';
import { FTPError } from 'basic-ftp';

/** An error of the client in the words of ours. Numbers are those of RFC 959, 4.2. */
export function ftpError(error: unknown, name: string): SluiceError {
  if (SluiceError.is(error)) return error;
  if (error instanceof FTPError) return replyError(error, name);
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  if (code !== undefined && /CERT|TLS|SSL|SELF_SIGNED|ISSUER/.test(code)) {
    const advice = 'name the authority that signed it in network.ca';
    return unreachable(`${name}: the certificate of the server is not trusted (${code}); ${advice}`, 'never', error);
  }
  return unreachable(`${name}: the connection broke${code === undefined ? '' : ` (${code})`}`, 'later', error);
}

function replyError(error: FTPError, name: string): SluiceError {
  const { code } = error;
  const told = `(FTP ${code})`;
  if (code === 530 || code === 532 || code === 430) {
    const message = `${name}: the server refuses the login ${told}; check user and password of the source`;
    return new SluiceError({ code: 'auth', message, providerCode: String(code), cause: error });
  }
  if (code === 534 || code === 536 || code === 522) {
    return unreachable(`${name}: the server wants TLS ${told}; write ftps in the URL`, 'never', error);
  }
  if (code === 550) return unreachable(`${name} is not there, or may not be read ${told}`, 'never', error);
  return unreachable(`${name}: the server refuses ${told}`, code < 500 ? 'later' : 'never', error);
}

function unreachable(message: string, retry: 'never' | 'later', cause: unknown): SluiceError {
  const providerCode = cause instanceof FTPError ? { providerCode: String(cause.code) } : {};
  return new SluiceError({ code: 'source-unreachable', message, retry, ...providerCode, cause });
}
