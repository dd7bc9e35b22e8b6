import { AssertionError } from 'node:assert';
import { describe, expect, test } from 'vitest';
import type { Adapter } from '../../src/adapter.js';
import { type AdapterSubject, adapterCases } from '../../src/testing/index.js';
import { acmeSubject } from './acme.js';
import { publishSample } from './acme-publish.js';
import { putSample } from './acme-put.js';
import { brokenAuthorizations } from './broken/authorizations.js';
import { brokenDeclarations } from './broken/declarations.js';
import { brokenEffects } from './broken/effects.js';
import { brokenErrors } from './broken/errors.js';
import { brokenExtras } from './broken/extras.js';
import { brokenKnowledge } from './broken/knowledge.js';
import { brokenLooks } from './broken/looks.js';
import { brokenPuts } from './broken/puts.js';
import { brokenStarts } from './broken/starts.js';
import { brokenUploadMembers } from './broken/upload-members.js';
import { brokenUploads } from './broken/uploads.js';

const broken = {
  ...{ ...brokenDeclarations, ...brokenStarts, ...brokenLooks, ...brokenErrors, ...brokenExtras },
  ...{
    ...brokenAuthorizations,
    ...brokenUploads,
    ...brokenUploadMembers,
    ...brokenEffects,
    ...brokenKnowledge,
    ...brokenPuts,
  },
};

function asSubject(one: Adapter | AdapterSubject): AdapterSubject {
  return 'adapter' in one ? one : { ...acmeSubject, adapter: one };
}

describe.each(Object.entries(broken))('%s', (name, adapters) => {
  test.each(Object.entries(adapters))('fails an adapter that %s', async (_fault, one) => {
    const found = adapterCases(asSubject(one)).find((candidate) => candidate.name === name);
    await expect(found?.run()).rejects.toThrow(AssertionError);
  });
});

test('every case is proved to fail', () => {
  const all = adapterCases({
    ...acmeSubject,
    samples: {
      ...acmeSubject.samples,
      before: { json: [] },
      recovered: { started: [] },
      effects: { publish: publishSample },
      put: putSample,
    },
  });
  expect(Object.keys(broken).sort()).toEqual(all.map(({ name }) => name).sort());
});
