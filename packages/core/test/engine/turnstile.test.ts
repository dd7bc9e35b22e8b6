import { describe, expect, it } from 'vitest';
import { Turnstile } from '../../src/engine/turnstile.js';

const { signal } = new AbortController();

describe('a turnstile', () => {
  it('lets so many through at once, the others in the order in which they came', async () => {
    const turnstile = new Turnstile(2);
    const order: number[] = [];
    const leave = await Promise.all([turnstile.take(signal), turnstile.take(signal)]);
    const later = [1, 2, 3].map(async (number) => {
      const done = await turnstile.take(signal);
      order.push(number);
      return done;
    });
    await Promise.resolve();
    expect(order).toEqual([]);
    leave[0]();
    (await later[0])?.();
    await Promise.all(later.slice(1, 2));
    expect(order).toEqual([1, 2]);
    leave[1]();
    await Promise.all(later);
    expect(order).toEqual([1, 2, 3]);
  });

  it('forgets who gave up waiting', async () => {
    const turnstile = new Turnstile(1);
    const leave = await turnstile.take(signal);
    const impatient = new AbortController();
    const given = turnstile.take(impatient.signal);
    const patient = turnstile.take(signal);
    impatient.abort();
    await expect(given).rejects.toMatchObject({ code: 'aborted' });
    leave();
    (await patient)();
    (await turnstile.take(signal))();
  });
});
