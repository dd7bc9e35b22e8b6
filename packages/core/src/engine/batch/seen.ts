import type { Intake } from '../intake.js';
import { textDigest } from '../text-digest.js';
import { DigestMap } from './digest-map.js';
import { keyDigest } from './identity.js';

/** What a batch has met so far: by their keys, and by their places at the provider. */
export class Seen {
  readonly #keys = new DigestMap();
  readonly #places = new DigestMap();

  /**
   * @returns `sameAs`: an earlier request with the same key, which is the same job; `rival`: an earlier one that is another job and writes to
   *   the same place at the provider
   */
  async meet(
    index: number,
    { intake, key }: { intake: Intake; key: string | undefined },
  ): Promise<{ sameAs?: number; rival?: number }> {
    const place = placeOf(intake);
    const [digest, placeDigest] = await Promise.all([
      key === undefined ? undefined : keyDigest(key),
      place === undefined ? undefined : textDigest(place),
    ]);
    const sameAs = digest === undefined ? undefined : enter(this.#keys, digest, index);
    if (sameAs !== undefined) return { sameAs };
    const rival = placeDigest === undefined ? undefined : enter(this.#places, placeDigest, index);
    return rival === undefined ? {} : { rival };
  }
}

/** Adds what is not there; else answers with who has it. */
function enter(map: DigestMap, digest: string, index: number): number | undefined {
  const other = map.get(digest);
  if (other === undefined) map.set(digest, index);
  return other;
}

/** Where a request is written, where the provider has places for names. */
export function placeOf({ asked, provider }: Intake): string | undefined {
  const place = provider.members.place?.(asked);
  return place === undefined ? undefined : `${provider.name}\n${place}`;
}
