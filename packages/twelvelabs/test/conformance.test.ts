import { adapterCases } from '@sluice/core/testing';
import { describe, test } from 'vitest';
import { assetSubject, integrationSubject } from './subjects.js';

describe('a URL that becomes an asset', () => {
  for (const { name, run } of adapterCases(assetSubject)) test(name, run);
});

describe('an import from an integration', () => {
  for (const { name, run } of adapterCases(integrationSubject)) test(name, run);
});
