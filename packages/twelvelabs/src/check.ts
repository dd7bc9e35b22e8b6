import type { AdapterRequest, Problem } from '@sluice/core/adapter';
import { indexOf } from './assets.js';
import type { ParsedOptions } from './options.js';
import { brokenRules } from './prerequisites.js';
import type { ParsedSettings } from './settings.js';
import { unkept } from './user-metadata.js';

type Request = AdapterRequest<ParsedOptions>;

const ofIntegrations = ['incremental_import', 'retry_failed'] as const;
const ofAssets = ['enable_video_stream', 'enable_hls', 'enable_thumbnail'] as const;

/** What TwelveLabs would refuse or leave out, as far as it can be seen without any I/O. */
export function checkRequest(request: Request, settings: ParsedSettings): Problem[] {
  const isIntegration = request.source.kind === 'integration';
  return [
    ...checkIndex(request, settings),
    ...checkMetadata(request, settings),
    ...(isIntegration ? [...checkName(request), ...checkFiles(request, settings)] : checkFile(request, settings)),
    ...checkEffects(request, isIntegration ? ofAssets : ofIntegrations),
  ];
}

function checkIndex(request: Request, settings: ParsedSettings): Problem[] {
  if (indexOf(request, settings) !== undefined) return [];
  const field = 'options.twelvelabs.index_id';
  if (request.source.kind === 'integration') {
    return [error(field, 'is missing: name the index here, or as indexId in the settings')];
  }
  return [warning(field, 'is missing, here and as indexId in the settings: the asset is made, and indexed nowhere')];
}

function checkMetadata({ options, metadata }: Request, { reservedMetadata }: ParsedSettings): Problem[] {
  const reserved = Object.keys(options.user_metadata ?? {}).filter((key) => reservedMetadata.includes(key));
  const neutral = Object.keys(metadata ?? {}).filter((key) => reservedMetadata.includes(key));
  const predefined = "is one of TwelveLabs' own keys, which cannot be overridden";
  return [
    ...reserved.map((key) => error(`options.twelvelabs.user_metadata.${key}`, predefined)),
    ...neutral.map((key) => error(`metadata.${key}`, predefined)),
    ...unkept(metadata).map((key) =>
      warning(`metadata.${key}`, 'is left out: TwelveLabs keeps texts, numbers and booleans; convert it into a text'),
    ),
  ];
}

/** The files of a bucket have names of their own. */
function checkName({ nameGiven }: Request): Problem[] {
  return nameGiven ? [warning('name', 'has no effect: the files of an integration keep their names')] : [];
}

/** Those that are put into the bucket first: larger ones would be sent for nothing. */
function checkFiles({ files = [] }: Request, { models, prerequisites }: ParsedSettings): Problem[] {
  return files.flatMap(({ name, size }) =>
    brokenRules({ size }, models, prerequisites).map(({ message }) => error('source.files', `${name} ${message}`)),
  );
}

function checkFile(request: Request, settings: ParsedSettings): Problem[] {
  const { source, expect, media } = request;
  const size = request.size ?? expect?.size;
  const tooLarge = source.kind === 'url' && size !== undefined && size > settings.urlMaxBytes;
  const rule = `has ${size} bytes, and TwelveLabs fetches at most ${settings.urlMaxBytes} by a URL`;
  // An asset has no more rules; a model has.
  const models = indexOf(request, settings) === undefined ? [] : settings.models;
  const broken = brokenRules({ size, media }, models, settings.prerequisites);
  return [
    ...(tooLarge ? [error('source.size', rule)] : []),
    ...broken.map(({ field, message }) => error(field, message)),
  ];
}

/** What is asked for and would come to nothing. */
function checkEffects({ options, source }: Request, idle: readonly (keyof ParsedOptions)[]): Problem[] {
  const what = source.kind === 'integration' ? 'of an integration' : 'of a single file';
  return idle
    .filter((option) => options[option] !== undefined)
    .map((option) => warning(`options.twelvelabs.${option}`, `has no effect on an import ${what}`));
}

function error(field: string, message: string): Problem {
  return { severity: 'error', field, message };
}

function warning(field: string, message: string): Problem {
  return { severity: 'warning', field, message };
}
