import { expect, test } from 'vitest';
import * as z from 'zod';
import { brokenRules } from '../../src/model/issues.js';

test('what does not fit is told in one line, each rule with its field, and the rest by its number', () => {
  const { error } = z
    .object({ id: z.string(), url: z.url(), size: z.number(), parts: z.array(z.object({ etag: z.string() })) })
    .safeParse({ url: 'no', size: '1', parts: [{ etag: 1 }] });
  if (error === undefined) throw new Error('it fits');
  expect(brokenRules(error)).toBe(
    'id: is missing; expected string, received undefined; url: Invalid URL; size: Invalid input: expected number, received string; and 1 more',
  );
});
