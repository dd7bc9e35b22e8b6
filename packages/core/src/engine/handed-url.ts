import type { JobRecord } from '../model/record.js';
import type { Step } from './step.js';
import { stagingGone } from './upload/target.js';

/** The URL that is signed for the provider, to be fetched as long as the job may take; undefined where none has to be. */
export async function handedUrl({ record, engine, now, provider }: Step): Promise<string | undefined> {
  const { route, request, upload } = record;
  const forMs = (record.deadlineAt ?? now + provider.deadlineMs) - now;
  if (route === 'presign' && request?.source.kind === 'url')
    return engine.sources.presign(request.source.url, { forMs });
  if (route !== 'stage' || upload?.uploaded === undefined) return undefined;
  const { staging } = engine;
  if (staging === undefined) throw stagingGone(record);
  return staging.presign(upload.uploaded, { expiresInMs: Math.min(forMs, staging.longestPresignMs) });
}

/** What stands for a source that is not handed over as it is, where an adapter judges a request: a URL or bytes, with the same ending. */
export function standIn({
  route,
  display,
  measured,
  request,
}: Pick<JobRecord, 'route' | 'display' | 'measured' | 'request'>) {
  if (route === 'relay') {
    const size = request?.expect?.size ?? measured?.size;
    return { kind: 'bytes', name: display.name, ...(size !== undefined && { size }) } as const;
  }
  if (route === undefined || route === 'put') return undefined;
  const name = display.name.split('/').map(encodeURIComponent).join('/');
  return { kind: 'url', url: `https://handed-over.example/${name}` } as const;
}
