import type { AdapterRequest, RequestedFile } from '../model/adapter.js';
import type { JobRecord } from '../model/record.js';
import type { ParsedRequest } from '../model/request.js';
import type { Source } from '../model/source.js';
import { standIn } from './handed-url.js';
import type { Provider } from './providers.js';
import type { Sources } from './sources.js';
import { expectedDigest } from './upload/expected.js';

/** What of a record its adapter gets to see. */
type Seen = Pick<JobRecord, 'id' | 'request' | 'display' | 'upload' | 'measured' | 'route' | 'put'>;

/** A record's request as its adapter sees it: the adapter's own options, the name with its default, what is known of the source. */
export function adapterRequest(record: Seen, provider: Provider, sources?: Sources): AdapterRequest {
  const { request } = record;
  if (request === undefined) throw new Error(`job ${record.id} has no request any more`);
  const { options, provider: _provider, key: _key, name, source: _source, expect: _expect, ...rest } = request;
  return {
    ...rest,
    ...knownOf(record, request),
    ...filesOf(record, request),
    source: handedSource(record, request.source, sources),
    id: record.id,
    name: name ?? record.display.name,
    nameGiven: name !== undefined,
    ...(record.measured?.media !== undefined && { media: record.measured.media }),
    options: provider.adapter.options.parse(options?.[provider.adapter.name] ?? {}),
  };
}

/** What was said of the source, or was measured. */
function knownOf(record: Seen, { source, expect }: ParsedRequest) {
  const told = source.kind === 'file' || source.kind === 'bytes' ? source.size : undefined;
  const size = expect?.size ?? record.measured?.size ?? told;
  const sha256 = expectedDigest(record) ?? record.measured?.sha256;
  const { sha256: _wish, ...wishes } = expect ?? {};
  return {
    ...(expect !== undefined && { expect: { ...wishes, ...(sha256 !== undefined && { sha256 }) } }),
    ...(size !== undefined && { size }),
    ...(sha256 !== undefined && { sha256 }),
  };
}

/** Those that are in the bucket, and those that are still on their way there. */
function filesOf({ put }: Seen, { source }: ParsedRequest): Pick<AdapterRequest, 'files'> {
  if (source.kind !== 'integration' || source.files === undefined) return {};
  const done = new Map(put?.files.map((file) => [file.name, file]));
  const files = source.files.flatMap(({ name, source: { kind, ...rest } }): RequestedFile[] => {
    const file = done.get(name);
    if (file !== undefined && 'error' in file) return [];
    const size = file?.size ?? ('size' in rest ? rest.size : undefined);
    return [{ name, ...(size !== undefined && { size }) }];
  });
  return { files };
}

/** What is handed over: what an upload left behind, or the URL with the credentials that are configured for it. */
function handedSource(record: Seen, source: Source, sources: Sources | undefined): AdapterRequest['source'] {
  const { upload, route } = record;
  if (route !== 'stage' && upload?.done === true && upload.uploaded !== undefined) {
    return { kind: 'uploaded', uploaded: upload.uploaded, size: upload.size };
  }
  const instead = standIn(record);
  if (instead !== undefined) return instead;
  if (source.kind === 'integration') return { kind: 'integration', id: source.id };
  if (source.kind !== 'url' || sources === undefined) return source;
  return { kind: 'url', url: sources.withCredentials(source.url) };
}
