import type { ImportRequest } from '../model/request.js';
import { integration, type Scheme } from '../model/source.js';
import type { AdapterSubject } from './adapter-subject.js';

/** The subject's request from another source: one of a scheme, or a connected bucket. */
export function withSource(subject: AdapterSubject, kind: Scheme | 'integration'): ImportRequest {
  return { ...subject.request, source: subject.sources?.[kind] ?? madeUp(kind) };
}

/** The subject's request from a URL with everything in it that must not be shown, where the adapter takes URLs. */
export function withSecretSource(subject: AdapterSubject): ImportRequest {
  const [scheme] = subject.adapter.capabilities.url?.schemes ?? [];
  return scheme === undefined ? subject.request : withSource(subject, scheme);
}

function madeUp(kind: Scheme | 'integration'): ImportRequest['source'] {
  if (kind === 'integration') return integration('integration-1');
  const credentials = kind === 'rsync+ssh' ? 'source-user' : 'source-user:source-password';
  const query = kind.startsWith('http') ? '?signature=source-signature-value' : '';
  return `${kind}://${credentials}@media.example/folder/clip.mp4${query}`;
}
