import { describe, it } from 'vitest';
import { adapterCases } from '../../src/testing/adapter-cases.js';
import { orbitSubject } from './orbit.js';

describe('an adapter of a provider with one address, signed calls, refusals by 200 and no ETags', () => {
  for (const { name, run } of adapterCases(orbitSubject)) it(name, run);
});
