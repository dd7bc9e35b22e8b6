import { fileURLToPath } from 'node:url';
import { integration, type SourceInput } from '@sluice/core';
import { fromFile } from '@sluice/core/node';
import { usageError } from '../usage.js';

/**
 * Reads a SOURCE: a URL, a path, or `integration:ID`.
 * @throws SluiceError `invalid-request` or `unsupported`, naming the rule
 */
export function parseSource(text: string): SourceInput {
  if (text.startsWith('integration:')) return readIntegration(text.slice('integration:'.length));
  if (/^file:\/\//i.test(text)) return fromFile(fileURLToPath(text));
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return text;
  return fromFile(text);
}

/**
 * Reads where files go: `integration:ID`.
 * @throws SluiceError `invalid-request`
 */
export function parseInto(text: string): string {
  const id = /^integration:(.+)$/.exec(text)?.[1];
  if (id === undefined)
    throw usageError(`--into ${text}: write integration:ID, by the provider's id of the integration`);
  return id;
}

function readIntegration(id: string): SourceInput {
  if (id === '') throw usageError('SOURCE "integration:" names no integration; write integration:ID');
  return integration(id);
}
