import type { Cost, ImportPlan, MediaInfo } from '@sluice/core';
import { printable } from './text.js';

const byteUnits = ['B', 'kB', 'MB', 'GB', 'TB'];

/** Bytes in decimal units: `5.2 MB`. */
export function formatBytes(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(byteUnits.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1_000 ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${byteUnits[power]}`;
}

/** One of the ways in which a provider takes bytes, and its bounds. */
type Way = NonNullable<NonNullable<ImportPlan['route']>['way']>;

/** A way and its bounds, to the byte: they decide what is refused. */
export function describeWay({ name, shape, minBytes, maxBytes }: Way): string {
  const bounds = `${minBytes.toLocaleString('en-US')} to ${maxBytes.toLocaleString('en-US')} bytes`;
  return `${printable(name)} (${shape === 'parts' ? 'in parts' : 'one form'}, ${bounds})`;
}

/** A stretch of time: `8 s`, `1m 03s`, `2h 05m`. */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1_000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)}m ${twoDigits(seconds % 60)}s`;
  return `${Math.floor(seconds / 3_600)}h ${twoDigits(Math.floor((seconds % 3_600) / 60))}m`;
}

/** A medium's length: `0:10`, `1:02:03`. */
export function formatClock(seconds: number): string {
  const whole = Math.round(seconds);
  const minutes = Math.floor(whole / 60);
  const tail = twoDigits(whole % 60);
  return minutes < 60 ? `${minutes}:${tail}` : `${Math.floor(minutes / 60)}:${twoDigits(minutes % 60)}:${tail}`;
}

/** What a container says: `0:06 · 480×270 · avc, aac · video/mp4`. */
export function describeMedia({ durationSeconds, width, height, videoCodec, audioCodec, mimeType }: MediaInfo): string {
  const codecs = [videoCodec, audioCodec].filter((codec) => codec !== undefined);
  const known = [
    ...(durationSeconds === undefined ? [] : [formatClock(durationSeconds)]),
    ...(width === undefined || height === undefined ? [] : [`${width}×${height}`]),
    ...(codecs.length === 0 ? [] : [codecs.join(', ')]),
    ...(mimeType === undefined ? [] : [mimeType]),
  ];
  return known.map(printable).join(' · ');
}

/** How long ago, or how long until: `3 days`, `2 hours`, `5 minutes`, `8 seconds`. */
export function formatDistance(milliseconds: number): string {
  const seconds = Math.round(Math.abs(milliseconds) / 1_000);
  const [size, word] = (
    [
      [86_400, 'day'],
      [3_600, 'hour'],
      [60, 'minute'],
    ] as const
  ).find(([unit]) => seconds >= unit) ?? [1, 'second'];
  const count = Math.round(seconds / size);
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

/** What the provider charges: `78 credits`. */
export function formatCost({ amount, unit }: Cost): string {
  return `${amount} ${printable(amount === 1 ? unit.replace(/s$/, '') : unit)}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
