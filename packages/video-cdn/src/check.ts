import type { Problem } from '@sluice/core/adapter';
import type { Request } from './add-file.js';

/** What is wrong with a request, as far as it can be seen without any I/O. */
export function checkRequest({ source, name, nameGiven, options, ifExists, sha256 }: Request): Problem[] {
  const problems: Problem[] = source.kind === 'url' ? checkCredentials(source.url) : [];
  const rule = nameRule(name);
  if (rule !== undefined) {
    const message = nameGiven ? rule : `is taken from the source and ${rule}; name it yourself`;
    problems.push({ severity: 'error', field: 'name', message });
  }
  const contradicts = ifExists !== undefined && options.no_replace === (ifExists === 'replace');
  if (contradicts) {
    const message = `contradicts ifExists: '${ifExists}'; leave one of them out`;
    problems.push({ severity: 'error', field: 'options.video-cdn.no_replace', message });
  }
  if (options.callback !== undefined && sha256 === undefined) {
    const message = 'takes the place of the job’s own callback URL: the measured sha-256 will not be seen here';
    problems.push({ severity: 'warning', field: 'options.video-cdn.callback', message });
  }
  return problems;
}

/**
 * Of two schemes the page shows the credentials without the brackets of what may be left out (Video CDN, Import via API). Here without the
 * scheme: whatever shows this takes credentials out of URLs.
 */
const credentialForms = new Map([
  ['s3:', 'access-key:secret-access-key@endpoint.host/bucket/path/to/file.mp4'],
  ['rsync+ssh:', 'user:password@host/path/to/file.mp4'],
]);

/** The CDN may know how to get in all the same: an open bucket, a key of ssh. */
function checkCredentials(url: string): Problem[] {
  const { protocol, username, password } = new URL(url);
  const form = credentialForms.get(protocol);
  if (form === undefined || (username !== '' && (password !== '' || protocol !== 's3:'))) return [];
  const scheme = protocol.slice(0, -1);
  const message = `holds no credentials, and the Video CDN reads ${scheme} with them alone, as ${form}; give them in the URL, or under "credentials"`;
  return [{ severity: 'warning', field: 'source', message }];
}

function nameRule(name: string): string | undefined {
  if (/\p{Cc}/u.test(name)) return 'must hold no line ends or other control characters';
  const segments = name.split('/');
  if (segments.some((segment) => segment === '.' || segment === '..')) return 'must not hold the segments "." or ".."';
  if (name.replace(/^\//, '').split('/').includes('')) return 'must not hold an empty segment, nor end with a slash';
  return undefined;
}
