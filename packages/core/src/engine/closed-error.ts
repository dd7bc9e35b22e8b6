import { SluiceError } from '../model/error.js';

/** What whoever still waits at `close`, or comes after it, is told. */
export function closedError(): SluiceError {
  return new SluiceError({ code: 'aborted', message: 'the client was closed; its jobs are as they were' });
}
