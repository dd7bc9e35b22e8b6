import { type AdapterRequest, type JsonObject, SluiceError } from '@sluice/core/adapter';
import type { ParsedOptions } from './options.js';
import type { ParsedSettings } from './settings.js';
import { lastSegment } from './video-file.js';

type Request = AdapterRequest<ParsedOptions>;

/** The channel that a video goes to; undefined where neither the request nor the settings name one. */
export function channelOf({ options }: Request, { channelId }: ParsedSettings): string | undefined {
  return options.channel_id ?? channelId;
}

/** The channel of a request that was checked. */
export function neededChannel(request: Request, settings: ParsedSettings): string {
  const channel = channelOf(request, settings);
  if (channel !== undefined) return channel;
  throw new SluiceError({ code: 'invalid-request', message: missingChannel });
}

export const missingChannel = 'is missing: name the channel here, or as channelId in the settings';

/** Firework wants a caption: the option's, else the title, else the name that was given, else the file's. */
function captionOf({ options, metadata, name, nameGiven }: Request): string {
  return options.caption ?? metadata?.title ?? (nameGiven ? name : lastSegment(name));
}

/** A video's fields as Firework's metadata schema has them (Videos page, 6.4). Options win over neutral fields. */
export function fieldsOf(request: Request, settings: ParsedSettings): JsonObject {
  const { async: _async, upload: _upload, ...own } = request.options;
  const { description, tags } = request.metadata ?? {};
  return {
    caption: captionOf(request),
    ...(description !== undefined && { description }),
    ...(tags !== undefined && { hashtags: tags }),
    ...own,
    channel_id: neededChannel(request, settings),
  };
}
