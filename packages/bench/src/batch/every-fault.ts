import { type FaultKind, type FaultRule, faultRuleSchema } from '@sluice/emulator';

/** One call in ten goes wrong. */
const likelihood = 0.1;
/** What an import never comes back from: its place at the provider is taken for good, so it must not strike too often. */
const stallTimes = 4;

/** Every fault that the emulator knows, wherever it can strike: at each point one call in ten, in any of the ways that there are. */
export function everyFault(): FaultRule[] {
  const { on, kind } = faultRuleSchema.shape;
  return on.options.flatMap((point) => {
    const kinds = kind.options.filter((one) => faultRuleSchema.safeParse({ on: point, kind: one }).success);
    return kinds.map((one, index) => ({
      ...{ on: point, kind: one, probability: likelihood / kinds.length, seed: seedOf(`${point} ${one} ${index}`) },
      ...(endless(point, one) && { times: stallTimes }),
    }));
  });
}

function endless(point: FaultRule['on'], kind: FaultKind): boolean {
  return kind === 'stall' && point !== 'part' && point !== 'form';
}

/** Another one for each rule, and the same in each run. */
function seedOf(text: string): number {
  return Array.from(text).reduce((sum, character) => (sum * 31 + (character.codePointAt(0) ?? 0)) % 1_000_003, 7);
}
