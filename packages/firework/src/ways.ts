import type { UploadWay } from '@sluice/core/adapter';
import type { ParsedSettings } from './settings.js';

interface WaySettings extends Pick<ParsedSettings, 'multipartFromBytes'> {
  bounds: Pick<ParsedSettings['bounds'], 'minBytes' | 'maxBytes'>;
}

/**
 * How Firework takes bytes, as data (Videos page, 4 to 6): one form to its object store below the threshold, parts from there on,
 * and on request the file in the very call that creates the video.
 */
export function waysOf({ bounds, multipartFromBytes }: WaySettings): UploadWay[] {
  const { minBytes, maxBytes } = bounds;
  const ways: UploadWay[] = [
    { name: 'single', shape: 'form', minBytes, maxBytes: Math.min(maxBytes, multipartFromBytes - 1) },
    { name: 'multipart', shape: 'parts', minBytes: Math.max(minBytes, multipartFromBytes), maxBytes },
    { name: 'file', shape: 'form', minBytes, maxBytes, onRequest: true },
  ];
  return ways.filter((way) => way.minBytes <= way.maxBytes);
}

/** Every part but the last has at least so many bytes: the page says 5 MB in its formula and 5,242,880 in its rule (Videos page, 5). */
export const leastPartBytes = 5_242_880;
/** Videos page, 5. */
export const mostParts = 100;
/** Larger than it must be: fewer requests, and still little to send again. Bytes. */
const usualPartBytes = 8 * 1024 * 1024;

/**
 * How a file is cut: into parts of the same size, but for the last. So their count stays below the page's formula (`size / 5`,
 * rounded down) in either reading of its MB, and no part but the last can come out too small.
 */
export function planParts(size: number): { count: number; partSize: number } {
  const count = Math.min(mostParts, Math.max(1, Math.floor(size / usualPartBytes)));
  return { count, partSize: Math.ceil(size / count) };
}
