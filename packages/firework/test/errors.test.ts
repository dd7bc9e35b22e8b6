import type { JsonValue } from '@sluice/core/adapter';
import { describe, expect, test } from 'vitest';
import { readRefusal } from '../src/errors.js';
import { play } from './play.js';
import { completed, created, rateLimited } from './samples.js';

/** Videos page, 6.9. */
test.each<[number, string, object]>([
  [400, 'file size exceeds 5GB limit', { code: 'invalid-request', retry: 'never' }],
  [403, 'Insufficient permissions', { code: 'auth' }],
  [404, 'Channel not found', { code: 'not-found', retry: 'never' }],
  [404, 'Membership not found', { code: 'not-found', retry: 'never' }],
  [413, 'File too large (max 5GB)', { code: 'invalid-request', retry: 'never' }],
  [422, 'caption is too long', { code: 'invalid-request', retry: 'never' }],
])('a creation that is refused with %i ends the job with its words: %s', async (status, said, expected) => {
  const { error, sent } = await play({ creates: [{ status, json: { error: said } }, created] });
  expect(error).toMatchObject({ status, message: expect.stringContaining(said), ...expected });
  expect(sent.creates).toHaveLength(1);
});

test('a look that is refused never fails the job', async () => {
  const rest = [
    { status: 500, json: { error: 'oops' } },
    rateLimited,
    { failure: 'reset' } as const,
    { status: 404, json: { error: 'Import job not found' } },
    { json: completed },
  ];
  const { snapshot } = await play({ rest }, { options: { firework: { async: true } } });
  expect(snapshot.state).toBe('completed');
});

describe('the words of a refusal', () => {
  const said = (json: JsonValue | undefined) =>
    readRefusal({ status: 400, json, text: '', header: () => undefined }).message;

  test.each<[JsonValue, string]>([
    [{ error: 'no' }, 'no'],
    [{ message: 'no' }, 'no'],
    [{ error: 'Bad Request', message: 'caption is missing' }, 'Bad Request: caption is missing'],
    [{ error: { message: 'caption is too long' } }, 'caption is too long'],
    [{ errors: ['one', 'two'] }, 'one: two'],
    [{ errors: [{ message: 'one' }] }, 'one'],
    [{ errors: { caption: ['is too long'], file: ['is missing'] } }, 'caption is too long: file is missing'],
    [{ errors: { detail: 'Not Found' } }, 'detail Not Found'],
    [{ error: { deep: 1 }, message: 'no' }, 'no'],
  ])('%j', (json, message) => {
    expect(said(json)).toBe(message);
  });

  test.each<[JsonValue | undefined]>([[undefined], [null], ['no'], [[]], [{}], [{ error: '' }], [{ errors: [7] }]])(
    'none in %j: everything is left to the status',
    (json) => {
      expect(readRefusal({ status: 400, json, text: '', header: () => undefined })).toEqual({});
    },
  );
});
