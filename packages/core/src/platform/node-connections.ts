import { rootCertificates } from 'node:tls';

/** How long a connection may take to be made, in milliseconds. */
export const connectTimeoutMs = 10_000;

/** Whom a TLS connection trusts: the known authorities, and that of the one network setting. */
export function authorities(ca: string | undefined): { ca?: string[] } {
  return ca === undefined ? {} : { ca: [...rootCertificates, ca] };
}
