import type { AdapterRequest, JsonObject, Problem } from '@sluice/core/adapter';
import { nameProblem, placeOf } from './naming.js';
import type { ParsedOptions } from './options.js';

/** What of a request's name goes to Importly. Options win over the name, field by field. */
export function storagePlace(request: AdapterRequest<ParsedOptions>): JsonObject {
  return request.options.store === true && request.nameGiven ? { ...placeOf(request.name) } : {};
}

/** Where a file goes in the user's own bucket, if the request says it: what is there is overwritten. */
export function bucketPlace(request: AdapterRequest<ParsedOptions>): string | undefined {
  const { store, storageBucket = '', ...options } = request.options;
  const { storagePath = '', storageFilename } = { ...storagePlace(request), ...options };
  return store === true && storageFilename !== undefined
    ? `${storageBucket}/${storagePath}/${storageFilename}`
    : undefined;
}

/** What is wrong with the name of a request: only a file in the user's own bucket has one. */
export function checkName(request: AdapterRequest<ParsedOptions>): Problem[] {
  if (!request.nameGiven) return [];
  const { store, storagePath, storageFilename } = request.options;
  if (store !== true) {
    return [
      {
        severity: 'warning',
        field: 'name',
        message:
          'has no effect: Importly names only what it stores in your own bucket; add options.importly.store: true',
      },
    ];
  }
  if (storagePath !== undefined && storageFilename !== undefined) return [];
  const problem = nameProblem(request.name);
  return problem === undefined
    ? []
    : [{ severity: 'error', field: 'name', message: `${problem}, such as videos/2024/clip` }];
}
