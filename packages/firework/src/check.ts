import type { AdapterRequest, Problem } from '@sluice/core/adapter';
import { checkMedia } from './check-media.js';
import type { ParsedOptions } from './options.js';
import type { ParsedSettings } from './settings.js';
import { channelOf, missingChannel } from './video-fields.js';
import { videoFileOf } from './video-file.js';

type Request = AdapterRequest<ParsedOptions>;

/** What Firework would refuse or leave out, as far as it can be seen without any I/O. */
export function checkRequest(request: Request, settings: ParsedSettings): Problem[] {
  return [
    ...(channelOf(request, settings) === undefined ? [error('options.firework.channel_id', missingChannel)] : []),
    ...checkTexts(request),
    ...checkSource(request, settings),
    ...checkEffects(request),
  ];
}

function checkTexts(request: Request): Problem[] {
  const { metadata, options, nameGiven } = request;
  const given = [
    { field: 'metadata.title', caption: metadata?.title },
    { field: 'name', caption: nameGiven ? request.name : undefined },
  ].find(({ caption }) => caption !== undefined);
  const problems: Problem[] = [];
  // The option's own is held to that by its schema.
  if (options.caption === undefined && given?.caption?.trim() === '')
    problems.push(error(given.field, 'must not be blank: it becomes the caption'));
  const blankTag = metadata?.tags?.includes('') === true && options.hashtags === undefined;
  if (blankTag) problems.push(error('metadata.tags', 'must hold no empty text: they become the hashtags'));
  return problems;
}

function checkSource(request: Request, settings: ParsedSettings): Problem[] {
  const { source, expect } = request;
  if (source.kind === 'url') {
    const rule = urlRule(source.url);
    const size = expect?.size ?? 0;
    const { maxBytes } = settings.bounds;
    return [
      ...(rule === undefined ? [] : [error('source.url', rule)]),
      ...(size > maxBytes ? [error('expect.size', `must be at most ${maxBytes}: Firework takes no larger file`)] : []),
    ];
  }
  if (source.kind !== 'file' && source.kind !== 'bytes') return [];
  const file = videoFileOf(request);
  if ('rule' in file) return [error('source.name', file.rule)];
  return request.media === undefined ? [] : checkMedia(request.media, file, settings);
}

/** Videos page, 6.3, "URL Validation Rules", as far as the URL itself can break them. */
function urlRule(url: string): string | undefined {
  const { hostname, pathname } = new URL(url);
  if (!hostname.includes('.')) return 'Firework takes only hosts with a dot in their name';
  return /[^/]/.test(pathname) ? undefined : 'Firework takes only URLs with a path, such as https://host/clip.mp4';
}

/** What is asked for and would come to nothing. */
function checkEffects({ source, options }: Request): Problem[] {
  const isUrl = source.kind === 'url';
  const problems: Problem[] = [];
  if (!isUrl && options.async !== undefined)
    problems.push(warning('async', 'has no effect: only URLs are imported so'));
  if (isUrl && options.upload !== undefined) problems.push(warning('upload', 'has no effect: Firework reads the URL'));
  if (options.video_hidden !== undefined && options.product_ids === undefined) {
    problems.push(warning('video_hidden', 'has no effect on a new video without product_ids'));
  }
  return problems;
}

function error(field: string, message: string): Problem {
  return { severity: 'error', field, message };
}

function warning(option: string, message: string): Problem {
  return { severity: 'warning', field: `options.firework.${option}`, message };
}
