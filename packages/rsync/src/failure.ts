import { redactText, SluiceError } from '@sluice/core/adapter';
import type { FilePlace } from './place.js';
import type { Ended } from './run-program.js';

/** What each thing that the programs say means. Numbers are rsync's (rsync(1), EXIT VALUES); 255 is ssh's. */
const meanings: { said: RegExp; code: 'auth' | 'source-unreachable'; retry: 'never' | 'later'; words: string }[] = [
  {
    said: /Host key verification failed|host key is known for|IDENTIFICATION HAS CHANGED/,
    code: 'source-unreachable',
    retry: 'never',
    words:
      "the host's key is not the known one, or none is known; add it to the file that knownHosts names, after making sure that it is right",
  },
  {
    said: /@ERROR: auth failed|Permission denied \(|Too many authentication failures/,
    code: 'auth',
    retry: 'later',
    words: 'the login is refused; check user, password and key of the source',
  },
  { said: /@ERROR: Unknown module/, code: 'source-unreachable', retry: 'never', words: 'there is no such module' },
  {
    said: /No such file or directory|Permission denied \(13\)|failed to open|link_stat .* failed/,
    code: 'source-unreachable',
    retry: 'never',
    words: 'it is not there, or may not be read',
  },
  {
    said: /No space left on device \(28\)/,
    code: 'source-unreachable',
    retry: 'later',
    words: 'there is no room for its copy; make room, or name another place in folder',
  },
  {
    said: /rsync: (?:command )?not found|rsync: No such file/,
    code: 'source-unreachable',
    retry: 'never',
    words: 'the host has no rsync to be run over ssh',
  },
];

/** How an rsync that did not do it failed, in the words of ours. */
export function rsyncError({ name }: FilePlace, { code, errors }: Ended): SluiceError {
  const number = code === undefined ? 'ended by a signal' : `rsync ${code}`;
  const known = meanings.find(({ said }) => said.test(errors));
  if (known !== undefined) {
    const { retry, words } = known;
    return new SluiceError({ code: known.code, retry, message: `${name}: ${words} (${number})`, ...provider(code) });
  }
  const last = redactText(errors.trim().split('\n').at(0) ?? '').slice(0, 200);
  const message = `${name}: the connection could not be made, or broke (${number}${last === '' ? '' : `: ${last}`})`;
  return new SluiceError({ code: 'source-unreachable', message, ...provider(code) });
}

function provider(code: number | undefined): { providerCode?: string } {
  return code === undefined ? {} : { providerCode: String(code) };
}

/** A program that could not be started. */
export function missingProgram(error: unknown, { name }: FilePlace): SluiceError {
  const message = `${name}: the program rsync could not be started; install it (and ssh, for rsync+ssh)`;
  return new SluiceError({ code: 'unsupported', message, cause: error });
}
