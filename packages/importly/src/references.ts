import { type AdapterRequest, type JsonValue, SluiceError } from '@sluice/core/adapter';

/** The URL to import. Core has already refused every other kind of source: the capabilities name URLs alone. */
export function sourceUrl(request: AdapterRequest): string {
  if (request.source.kind === 'url') return request.source.url;
  throw new SluiceError({ code: 'unsupported', message: 'Importly imports from http and https URLs only' });
}

/** The id that a start left as the job's reference. */
export function readReference(ref: JsonValue): string {
  if (typeof ref === 'string') return ref;
  throw new SluiceError({ code: 'protocol', message: 'the reference is not an id of Importly' });
}
