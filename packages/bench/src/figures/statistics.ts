/** The middle one of the samples, or the mean of the two in the middle. @throws Error when there are none */
export function median(samples: readonly number[]): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.floor((sorted.length - 1) / 2)];
  if (upper === undefined || lower === undefined) throw new Error('there is no median of nothing');
  return (lower + upper) / 2;
}

/**
 * Runs every side once a round, each round beginning with another one: whatever the machine does meanwhile, it does to all
 * of them.
 * @returns the samples of each side, in the order of the rounds
 */
export async function interleave<Side, Sample>(
  { sides, rounds }: { sides: readonly Side[]; rounds: number },
  measure: (side: Side, round: number) => Promise<Sample>,
): Promise<Map<Side, Sample[]>> {
  const samples = new Map<Side, Sample[]>(sides.map((side) => [side, []]));
  for (let round = 0; round < rounds; round += 1) {
    const first = round % sides.length;
    for (const side of [...sides.slice(first), ...sides.slice(0, first)]) {
      samples.get(side)?.push(await measure(side, round));
    }
  }
  return samples;
}

/** Runs `work` for 0, 1, 2, … below `count`, so many at once, none of them queued before its turn. */
export async function lazily(
  { count, concurrency }: { count: number; concurrency: number },
  work: (number: number) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < count) {
      next += 1;
      await work(next - 1);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
}
