import type { BatchOptions, BatchOutcome } from '../../src/engine/batch/batch.js';
import type { ImportRequest } from '../../src/model/request.js';
import type { TestClient } from './client.js';

/** So many requests, each of another URL. */
export const requests = (count: number, rest: Partial<ImportRequest> = {}): ImportRequest[] =>
  Array.from({ length: count }, (_, index) => ({ source: `https://example.com/${index}.mp4`, ...rest }));

/** All outcomes, in the order of their requests. */
export async function gather(outcomes: AsyncIterable<BatchOutcome>): Promise<BatchOutcome[]> {
  const all: BatchOutcome[] = [];
  for await (const outcome of outcomes) all.push(outcome);
  return all.sort((a, b) => a.index - b.index);
}

/** Runs a batch on the client's clock. */
export function run(
  { sluice, clock }: Pick<TestClient, 'sluice' | 'clock'>,
  input: Iterable<ImportRequest> | AsyncIterable<ImportRequest>,
  options?: BatchOptions,
) {
  return clock.run(gather(sluice.batch(input, options)));
}

export const kinds = (outcomes: BatchOutcome[]) => outcomes.map(({ kind }) => kind);
export const states = (outcomes: BatchOutcome[]) =>
  outcomes.map((one) => ('snapshot' in one ? one.snapshot.state : one.kind));
