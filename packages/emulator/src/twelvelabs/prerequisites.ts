import type { MediaFacts } from '../media/probe.js';
import type { TwelvelabsPrerequisites } from './settings.js';

/** Why a video is refused; undefined where it is taken. What cannot be read of it is not held against it. */
export function whatIsUnmet(
  { size, durationSeconds, width, height }: Pick<MediaFacts, 'durationSeconds' | 'width' | 'height'> & { size: number },
  rules: TwelvelabsPrerequisites,
): string | undefined {
  if (size > rules.maxBytes) return `The file is too large: at most ${rules.maxBytes} bytes`;
  if (durationSeconds !== undefined) {
    if (durationSeconds < rules.minSeconds) return `The video is too short: at least ${rules.minSeconds} seconds`;
    if (durationSeconds > rules.maxSeconds) return `The video is too long: at most ${rules.maxSeconds} seconds`;
  }
  if (width === undefined || height === undefined) return undefined;
  const [short, long] = [Math.min(width, height), Math.max(width, height)];
  if (short < rules.minShortSide || short > rules.maxShortSide || long > rules.maxLongSide) {
    return `The resolution ${width}x${height} is not supported`;
  }
  return long / short > rules.maxAspect ? `The aspect ratio of ${width}x${height} is not supported` : undefined;
}
