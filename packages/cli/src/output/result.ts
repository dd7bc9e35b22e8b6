import type { Asset, Check, Checks, ErrorFields, ImportItem, ImportSnapshot } from '@sluice/core';
import { describeActivity } from './describe.js';
import { formatBytes, formatClock, formatCost, formatDistance, formatDuration } from './format.js';
import type { Style } from './style.js';
import { printable } from './text.js';

type Row = [label: string, value: string];

/** The result of a job for a person: a mark and the name, then one line for each thing that is known. */
export function renderResult(snapshot: ImportSnapshot, options: { style: Style; now: number }): string[] {
  const { style, now } = options;
  const many = snapshot.items.length > 1;
  const lines = [headline(snapshot, options)];
  for (const item of saysTheSame(snapshot) ? [] : snapshot.items) {
    if (many) lines.push(`  ${item.ok ? style.good('✓') : style.bad('✗')} ${printable(item.ref)}`);
    lines.push(...layOut(itemRows(item, now), style, many ? '    ' : '  '));
  }
  lines.push(...layOut(jobRows(snapshot, now), style, '  '));
  return lines;
}

/** A single file's error is the job's error, too. */
function saysTheSame({ items, error }: ImportSnapshot): boolean {
  const [only] = items;
  return items.length === 1 && only?.ok === false && only.error.message === error?.message;
}

/** ✓ all items arrived, ! some did not, ✗ failed or canceled, … not over yet. */
function headline(snapshot: ImportSnapshot, { style, now }: { style: Style; now: number }): string {
  const name = style.bold(printable(snapshot.name));
  const failed = snapshot.items.filter((item) => !item.ok).length;
  switch (snapshot.state) {
    case 'completed':
      if (failed === 0) return `${style.good('✓')} ${name}`;
      return `${style.warn('!')} ${name}  ${failed} of ${snapshot.items.length} failed`;
    case 'failed':
    case 'canceled':
      return `${style.bad('✗')} ${name}  ${snapshot.state}`;
    default:
      return `${style.accent('…')} ${name}  ${describeActivity(snapshot, now)}`;
  }
}

function itemRows(item: ImportItem, now: number): Row[] {
  if (!item.ok) return [['error', `${item.error.code}: ${printable(item.error.message)}`]];
  const outcome: Row[] = item.outcome === undefined ? [] : [['outcome', item.outcome]];
  return [...assetRows(item.asset, now), ...outcome, ...checkRows(item.checks)];
}

function assetRows({ id, url, title, size, sha256, durationSeconds, expiresAt }: Asset, now: number): Row[] {
  const rows: Row[] = [['asset', printable(id)]];
  if (url !== undefined) rows.push(['url', printable(url)]);
  if (title !== undefined) rows.push(['title', printable(title)]);
  if (size !== undefined) rows.push(['size', `${formatBytes(size)} (${size.toLocaleString('en-US')} bytes)`]);
  if (sha256 !== undefined) rows.push(['sha-256', sha256]);
  if (durationSeconds !== undefined) rows.push(['duration', formatClock(durationSeconds)]);
  if (expiresAt !== undefined) rows.push(['expires', formatExpiry(expiresAt, now)]);
  return rows;
}

function formatExpiry(expiresAt: string, now: number): string {
  const distance = Date.parse(expiresAt) - now;
  if (Number.isNaN(distance)) return printable(expiresAt);
  return `${expiresAt} (${distance < 0 ? `${formatDistance(distance)} ago` : `in ${formatDistance(distance)}`})`;
}

/** What nobody expected needs no line. */
function checkRows({ size, sha256 }: Checks): Row[] {
  const words = [describeCheck('size', size), describeCheck('sha-256', sha256)].filter((word) => word !== undefined);
  return words.length === 0 ? [] : [['checks', words.join(' · ')]];
}

function describeCheck(name: string, check: Check): string | undefined {
  if (check.outcome === 'unchecked') return check.expected === undefined ? undefined : `${name} not checked`;
  if (check.outcome === 'match') return `${name} matches`;
  return `${name} differs: expected ${check.expected}, found ${check.actual}`;
}

function jobRows(snapshot: ImportSnapshot, now: number): Row[] {
  const rows: Row[] = [];
  if (snapshot.cost !== undefined) rows.push(['cost', formatCost(snapshot.cost)]);
  for (const warning of snapshot.warnings) rows.push(['warning', printable(warning.message)]);
  if (snapshot.error !== undefined) rows.push(...errorRows(snapshot.error, snapshot.id));
  rows.push(['source', printable(snapshot.source)]);
  rows.push(['job', `${snapshot.id} · ${printable(snapshot.provider)} · ${elapsed(snapshot, now)}`]);
  return rows;
}

/** The message says what to do about the cause; here is what to do about the job. */
function errorRows(error: ErrorFields, id: string): Row[] {
  const rows: Row[] = [['error', `${error.code}: ${printable(error.message)}`]];
  if (error.requestId !== undefined) rows.push(['request', printable(error.requestId)]);
  const next = nextStep(error, id);
  if (next !== undefined) rows.push(['next', next]);
  return rows;
}

function nextStep({ code, retry }: ErrorFields, id: string): string | undefined {
  if (code === 'aborted') return undefined;
  if (code === 'unknown')
    return `look at the provider first: it may have the file, and have billed it; only if not: sluice retry ${id} --even-unknown`;
  if (retry === 'later') return `once the cause is mended: sluice retry ${id}`;
  if (retry === 'exhausted') return `it was tried until the limit; later: sluice retry ${id}`;
  return 'importing the same again will not help: change what the error names';
}

function elapsed({ createdAt, updatedAt, completedAt, state }: ImportSnapshot, now: number): string {
  const over = state !== 'queued' && state !== 'running';
  const end = over ? Date.parse(completedAt ?? updatedAt) : now;
  return `${over ? 'took' : 'since'} ${formatDuration(end - Date.parse(createdAt))}`;
}

function layOut(rows: Row[], style: Style, indent: string): string[] {
  return rows.map(([label, value]) => `${indent}${paintLabel(label, style)}${value}`);
}

function paintLabel(label: string, style: Style): string {
  const padded = label.padEnd(10);
  if (label === 'error') return style.bad(padded);
  return label === 'warning' ? style.warn(padded) : style.dim(padded);
}
