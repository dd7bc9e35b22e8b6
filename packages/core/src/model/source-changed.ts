import { SluiceError } from './error.js';

/**
 * The error for a far source that is not what it was when its reading began. Another attempt would take it as it is then, so it is `later`; the
 * engine makes none by itself, for a source that changes may be changing still.
 * @param what the source and what became of it, without a full stop
 * @returns a SluiceError `integrity`
 */
export function sourceChanged(what: string): SluiceError {
  const message = `${what}; nothing was created. Try it again once it stays as it is`;
  return new SluiceError({ code: 'integrity', retry: 'later', message });
}
