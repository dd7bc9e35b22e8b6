import type { AddRequest } from './add-request.js';
import type { EmulatedCdnFile } from './cdn-file.js';

/** What an add does where a name may be taken. */
export type AddOutcome = 'create' | 'replace' | 'keep-taken' | 'keep-identical';

/**
 * The rules of the import page, "Reimport and duplications": `no_replace` keeps any file, whatever its state; a failed one is replaced
 * otherwise; any other only where size or checksum is different.
 */
export function outcomeOf(existing: EmulatedCdnFile | undefined, request: AddRequest): AddOutcome {
  if (existing === undefined) return 'create';
  if (request.no_replace === 'true') return 'keep-taken';
  if (existing.status === 'failed') return 'replace';
  if (request.size !== existing.size) return 'replace';
  const known = existing.measured?.sha256 ?? existing.chksum;
  const differs = request.chksum !== undefined && request.chksum !== known;
  return differs ? 'replace' : 'keep-identical';
}
