import { describe, expect, it } from 'vitest';
import { refusedError } from '../../src/wire/http-source/answer.js';

function refused(status: number, retryAfter: string) {
  const header = (name: string) => (name === 'retry-after' ? retryAfter : undefined);
  const answer = { status, header, body: undefined, discard: () => undefined };
  return refusedError('https://files.example/clip.mp4', answer, Date.parse('2026-01-01T00:00:00Z'));
}

describe('a source that says when to come again', () => {
  it.each([
    ['in seconds', '30', 30_000],
    ['as a date', 'Thu, 01 Jan 2026 00:01:00 GMT', 60_000],
    ['before now', '-5', 0],
    ['in years', '99999999999', 24 * 3_600_000],
  ])('%s is taken at its word within a day', (_, told, retryAfterMs) => {
    expect(refused(503, told)).toMatchObject({ code: 'source-unreachable', retry: 'later', retryAfterMs });
  });

  it('and that does not have the file is not asked again', () => {
    const error = refused(404, '30');
    expect(error).toMatchObject({ retry: 'never' });
    expect(error.retryAfterMs).toBeUndefined();
  });
});
