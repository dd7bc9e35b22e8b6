import type { Adapter } from '@sluice/core/adapter';
import { firework } from '@sluice/firework';
import { importly } from '@sluice/importly';
import { twelvelabs } from '@sluice/twelvelabs';
import { videoCdn } from '@sluice/video-cdn';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { pageAt, tableBelow } from './markdown.js';

/** What every page of an adapter has, in this order; what only one has stands between. */
const sections = [
  ...['Options', 'Neutral fields', 'Settings', 'Limits', 'Webhooks'],
  ...['What you may count on', 'What nobody documents'],
];

const adapters = [firework, importly, twelvelabs, videoCdn].map(({ adapter }): [string, Adapter] => [
  `docs/adapters/${adapter.name}.md`,
  adapter,
]);

const fieldSchema = z.looseObject({
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
  default: z.unknown().optional(),
});

/** The settings with their defaults as a page writes them, those within others by their path. */
function settingsOf(schema: unknown, prefix = ''): [path: string, said: string][] {
  const { properties = {}, required = [] } = fieldSchema.parse(schema);
  return Object.entries(properties).flatMap(([name, inner]): [string, string][] => {
    const field = fieldSchema.parse(inner);
    const path = `${prefix}${name}`;
    if (field.properties !== undefined) return settingsOf(inner, `${path}.`);
    return [[path, required.includes(name) ? 'required' : written(field.default)]];
  });
}

function written(value: unknown): string {
  if (typeof value === 'number') return value.toLocaleString('en-US');
  if (value === undefined) return 'none';
  if (typeof value !== 'object' || value === null) return String(value);
  return (Array.isArray(value) ? value : Object.keys(value)).join(', ') || 'none';
}

describe.each(adapters)('%s', (path, adapter) => {
  const page = pageAt(path);

  it('has the sections that all have, in their order', () => {
    const headings = [...page.text.matchAll(/^## (.+)$/gm)].map(([, heading = '']) => heading);
    expect(headings.filter((heading) => sections.includes(heading))).toEqual(sections);
  });

  it('names every option', () => {
    const named = tableBelow(page, '## Options').flatMap(({ option = '' }) => option.split(', '));
    expect(named.sort()).toEqual(Object.keys(adapter.options.shape).sort());
  });

  it('names every setting, and its default', () => {
    const schema = z.toJSONSchema(adapter.settings, { io: 'input', unrepresentable: 'any' });
    const said = tableBelow(page, '## Settings').map(({ setting = '', default: value = '' }) => [setting, value]);
    expect(Object.fromEntries(said)).toEqual(Object.fromEntries(settingsOf(schema)));
  });

  it('says how often it looks', () => {
    const often = `\`pollIntervalMs\` (${adapter.pollIntervalMs.toLocaleString('en-US')} here)`;
    expect(page.text.replaceAll('\n', ' ')).toContain(often);
  });
});
