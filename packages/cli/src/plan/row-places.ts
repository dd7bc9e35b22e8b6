import { createHash } from 'node:crypto';
import type { BatchIdentity } from '@sluice/core';
import { DigestMap } from '@sluice/core/node';

/** The rows that were met, by what a batch knows them by: the same digest of a place or a key is the same to it. */
export class RowPlaces {
  readonly #keys = new DigestMap();
  readonly #places = new DigestMap();

  /** @returns the number of an earlier row that is the same, or that writes to the same place and is another one */
  meet(number: number, { key, place }: BatchIdentity, provider: string): { sameAs?: number; rival?: number } {
    const sameAs = key === undefined ? undefined : enter(this.#keys, key, number);
    if (sameAs !== undefined) return { sameAs };
    const rival = place === undefined ? undefined : enter(this.#places, `${provider}\n${place}`, number);
    return rival === undefined ? {} : { rival };
  }
}

function enter(map: DigestMap, text: string, number: number): number | undefined {
  const digest = createHash('sha256').update(text).digest('hex');
  const other = map.get(digest);
  if (other === undefined) map.set(digest, number);
  return other;
}
