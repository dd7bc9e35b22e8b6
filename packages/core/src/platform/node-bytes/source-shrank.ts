import { SluiceError } from '../../model/error.js';

/** The source ended before its size. */
export function sourceShrank(): SluiceError {
  return new SluiceError({
    code: 'integrity',
    message: 'the source became shorter while it was read; nothing was created. Import it again once it stays as it is',
  });
}
