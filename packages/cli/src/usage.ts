import { SluiceError } from '@sluice/core';

/** The error for a command line that makes no sense: one line with what is wrong and the way out. */
export function usageError(message: string): SluiceError {
  return new SluiceError({ code: 'invalid-request', message });
}
