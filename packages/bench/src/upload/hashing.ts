import { measureProgram } from './measure-program.js';
import type { Side } from './sides.js';

/** No upload at all: the sha-256 of the file by OpenSSL, which is how fast one can be taken. */
export const hashing: Side = {
  label: 'openssl dgst, no upload',
  short: 'openssl',
  ours: false,
  sends: () => 0,
  send: ({ native }, { file }) => measureProgram(native, ['openssl', 'dgst', '-sha256', file]),
};
