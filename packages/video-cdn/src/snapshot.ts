import { type Asset, type ProviderSnapshot, type ReportedItem, redactText, type Warning } from '@sluice/core/adapter';
import { holdsOneOf } from './answers.js';
import type { CdnFile } from './cdn-file.js';
import type { Evidence, Memo, Reference } from './references.js';
import type { ParsedSettings } from './settings.js';

/** What a look has: the files of the name, what the add left, and what a callback said. */
export interface Look {
  files: CdnFile[];
  ref: Reference;
  memo: Memo;
  evidence: Evidence | undefined;
  /** Epoch milliseconds. */
  now: number;
}

/** How a job stands. It is tied to the file that its add named: another file of the same name says nothing about it. */
export function readSnapshot(look: Look, settings: ParsedSettings): ProviderSnapshot {
  const { files, ref, memo, evidence } = look;
  const file = files.find(({ id }) => ref.file === undefined || id === ref.file);
  if (file === undefined) return missing(look, settings);
  const rawState = file.word === '' ? 'listed' : file.word;
  const isOurs = memo.outcome !== 'existing';
  const { standing } = file;
  if (standing === 'failed' || (isOurs && evidence?.ok === false)) return failure(file, look, settings);
  // A word that nobody knows, and a callback that says that it is done: the callback knows.
  const done = standing === 'completed' || (standing === undefined && isOurs && evidence?.ok === true);
  if (!done) {
    return standing === undefined ? { state: 'running', rawState, unmapped: true } : { state: standing, rawState };
  }
  if (!isOurs && memo.keeps === undefined && file.size !== undefined && file.size !== memo.size) {
    return notReplaced(file, ref.name, memo.size);
  }
  return completion(file, look, settings);
}

function completion(file: CdnFile, { ref, memo, evidence }: Look, settings: ParsedSettings): ProviderSnapshot {
  const left = memo.outcome === 'existing';
  const size = (left ? undefined : evidence?.size) ?? file.size;
  // The CDN held the bytes that it fetched against the checksum that it was given, and would have failed the file.
  const proven = left && memo.keeps !== undefined ? undefined : memo.sha256;
  const sha256 = (left ? undefined : evidence?.sha256) ?? file.sha256 ?? proven;
  const differs = left && differsFrom(memo, { size, sha256 });
  const url = file.url ?? deliveryUrl(ref.name, settings);
  const asset: Asset = {
    id: file.id,
    ...(url !== undefined && { url }),
    ...(size !== undefined && { size }),
    ...(sha256 !== undefined && { sha256 }),
    raw: file.raw,
  };
  const item: ReportedItem = {
    ok: true,
    ref: file.id,
    ...(memo.outcome !== undefined && { outcome: memo.outcome }),
    asset,
    // A file that was left in its place says nothing of this source, unless it is the same.
    ...(!differs && { of: { size: 'source', sha256: 'source' } }),
  };
  const warnings = differs ? [existingDiffers(ref.name, memo.size, size)] : [];
  return { state: 'completed', rawState: file.word === '' ? 'listed' : file.word, items: [item], warnings };
}

function differsFrom(memo: Memo, { size, sha256 }: { size: number | undefined; sha256: string | undefined }): boolean {
  if (size === undefined || size !== memo.size) return true;
  return memo.sha256 !== undefined && sha256 !== memo.sha256;
}

function existingDiffers(name: string, size: number, actual: number | undefined): Warning {
  const message = `the file ${name} was there already and was left as it is (ifExists: 'skip'): it has ${actual ?? 'an unknown number of'} bytes, the source ${size}; nothing says that they are the same`;
  return { code: 'existing-differs', message };
}

/** Below the delivery URL of the settings. */
function deliveryUrl(name: string, { deliveryUrl: base }: ParsedSettings): string | undefined {
  if (base === undefined) return undefined;
  return `${base}/${name.replace(/^\/+/, '').split('/').map(encodeURIComponent).join('/')}`;
}

/** The provider's verdict, with what was expected and what arrived where that is the reason. */
function failure(file: CdnFile, { ref, memo, evidence }: Look, settings: ParsedSettings): ProviderSnapshot {
  const rawState = file.standing === 'failed' ? file.word : settings.callback.fail;
  if (memo.outcome === 'existing') {
    const message = `the file ${ref.name} that is there already has failed, and no_replace leaves it there; delete it, or import with ifExists: 'replace'`;
    return { state: 'failed', rawState, code: 'conflict', message };
  }
  const said = evidence?.message ?? file.message;
  const told = said === undefined ? undefined : redactText(said);
  const mismatches = [
    mismatch('size', memo.size, evidence?.size ?? file.size),
    mismatch('sha-256', memo.sha256, evidence?.sha256 ?? file.sha256),
  ].filter((one) => one !== undefined);
  const aboutBytes = told === undefined ? mismatches.length > 0 : holdsOneOf(told, settings.words.mismatch);
  if (!aboutBytes) {
    return {
      state: 'failed',
      rawState,
      message: told ?? 'the Video CDN says that the import failed, and gives no reason',
    };
  }
  const expected = `it was asked for size ${memo.size}${memo.sha256 === undefined ? '' : ` and sha-256 ${memo.sha256}`}`;
  const reason = mismatches.length > 0 ? mismatches.join(', ') : expected;
  return { state: 'failed', rawState, code: 'integrity', message: told === undefined ? reason : `${told} (${reason})` };
}

function mismatch(measure: string, expected: string | number | undefined, actual: string | number | undefined) {
  const known = expected !== undefined && actual !== undefined;
  return known && expected !== actual ? `${measure}: expected ${expected}, but ${actual} arrived` : undefined;
}

/** The provider says that the name is taken, replaces nothing, and what is there is not what was asked for. */
function notReplaced(file: CdnFile, name: string, size: number): ProviderSnapshot {
  const message = `the Video CDN refused to replace ${name}: the file that is there has ${file.size} bytes, this one ${size}`;
  return { state: 'failed', rawState: file.word, code: 'conflict', message };
}

/** Not there yet, or not there any more. */
function missing({ files, ref, memo, now }: Look, { unlistedMs }: ParsedSettings): ProviderSnapshot {
  const rawState = 'not listed';
  if (now < memo.at + unlistedMs) return { state: 'queued', rawState };
  const [other] = files;
  const why = other === undefined ? 'it was deleted' : `the file ${other.id} has its name`;
  const message = `the Video CDN does not list the file any more that this import made of ${ref.name}: ${why}`;
  return { state: 'failed', rawState, code: other === undefined ? 'not-found' : 'conflict', message };
}
