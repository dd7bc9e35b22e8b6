// The table of what each adapter can do, made of their capabilities. `--update` writes it into docs/adapters/README.md;
// without it, the page must say what the table would.

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { packages, root, script } from './workspace.mjs';

const page = 'docs/adapters/README.md';
const [begin, end] = ['<!-- made by npm run docs -->', '<!-- until here -->'];

const number = (value) => value.toLocaleString('en-US');
const code = (value) => `\`${value}\``;
const list = (values = []) => (values.length === 0 ? '–' : values.map(code).join(', '));
const yes = (value) => (value ? 'yes' : 'no');

function spanOf(ms) {
  const units = [
    [3_600_000, 'hour'],
    [60_000, 'minute'],
    [1_000, 'second'],
  ];
  const [size, unit] = units.find(([one]) => ms % one === 0) ?? [1, 'millisecond'];
  const count = ms / size;
  return count === 1 ? `${unit === 'hour' ? 'an' : 'a'} ${unit}` : `${number(count)} ${unit}s`;
}

function limitsOf({ limits }) {
  const said = Object.entries(limits).map(([name, limit]) =>
    typeof limit === 'number'
      ? `${code(name)} ${number(limit)}${name === 'jobs' ? ' at once' : ''}`
      : `${code(name)} ${number(limit.max)} in ${spanOf(limit.windowMs)}`,
  );
  return said.length === 0 ? '–' : said.join('<br>');
}

function uploadOf({ upload }) {
  if (upload === undefined) return '–';
  const ways = upload.ways.map(
    ({ name, shape, minBytes, maxBytes, onRequest }) =>
      `${code(name)}: ${shape === 'form' ? 'one form' : 'in parts'}, ${number(minBytes)} to ${number(maxBytes)} bytes${onRequest ? ', on request' : ''}`,
  );
  return ways.join('<br>');
}

function renewsOf({ upload }) {
  if (upload === undefined) return '–';
  const can = [...(upload.canList ? ['lists parts'] : []), ...(upload.canSign ? ['signs parts again'] : [])];
  return can.length === 0 ? 'from what was saved here' : can.join(', ');
}

/** What a row is called, and what it says of an adapter. */
const rows = [
  ['[sources](../source.md) that it fetches itself', ({ capabilities }) => list(capabilities.url?.schemes)],
  ['buckets that it was given', ({ capabilities }) => yes(capabilities.integration)],
  ['[bytes](../uploads.md)', ({ capabilities }) => uploadOf(capabilities)],
  ['an upload goes on', ({ capabilities }) => renewsOf(capabilities)],
  ['measures of the source', ({ capabilities }) => list(capabilities.checks)],
  ['[neutral fields](../request.md#neutral-fields)', ({ capabilities }) => list(capabilities.honours)],
  ['must know before', ({ capabilities }) => list(capabilities.needs)],
  ['has rules about', ({ capabilities }) => list(capabilities.reads)],
  ['can stop a job', ({ capabilities }) => yes(capabilities.cancel)],
  ['[webhooks](../webhooks.md)', ({ capabilities }) => code(capabilities.webhook)],
  ['a repeated start is one job', ({ capabilities }) => yes(capabilities.idempotentStart)],
  ['[limits](../limits.md)', ({ capabilities }) => limitsOf(capabilities)],
  ['is looked at every', ({ pollIntervalMs }) => `${number(pollIntervalMs)} ms`],
];

/** Every adapter of the workspace, with the name of its package's folder, which its page is called after. */
async function adapters() {
  const { isAdapterFactory } = await import('@sluice/core/adapter');
  const found = [];
  for (const { folder, manifest, isPublic } of packages()) {
    const main = manifest.exports?.['.']?.default;
    if (!isPublic || main === undefined) continue;
    const exported = Object.values(await import(pathToFileURL(join(root, folder, main)).href));
    const page = folder.replace('packages/', '');
    found.push(...exported.filter(isAdapterFactory).map(({ adapter }) => ({ page, adapter })));
  }
  return found;
}

function tableOf(found) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  const heads = found.map(({ page, adapter }) => `[${adapter.name}](${page}.md)`);
  return [
    line(['', ...heads]),
    `|${'---|'.repeat(heads.length + 1)}`,
    ...rows.map(([name, tell]) => line([name, ...found.map(({ adapter }) => tell(adapter))])),
  ].join('\n');
}

await script(async () => {
  const file = join(root, page);
  const text = await readFile(file, 'utf8');
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${page} must hold ${begin} and, below it, ${end}`);
  const made = `${text.slice(0, from)}${begin}\n\n${tableOf(await adapters())}\n\n${text.slice(to)}`;
  if (process.argv.includes('--update')) await writeFile(file, made);
  else if (made !== text) throw new Error(`${page} does not say what the adapters can do: npm run docs`);
});
