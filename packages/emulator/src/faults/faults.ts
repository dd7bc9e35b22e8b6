import { createRandom } from './random.js';
import { type FaultPoint, type FaultRule, faultRuleSchema, strikesAfter } from './rule.js';

/** A rule and how often it struck. */
export interface FiredFault {
  rule: FaultRule;
  fired: number;
}

interface ArmedRule {
  rule: FaultRule;
  random: () => number;
  seen: number;
  fired: number;
  on: boolean;
}

/** When a fault is drawn: as the call comes, or once it has had its effect. */
export type FaultMoment = 'before' | 'after';

/** What strikes one call. */
export interface DrawnFault {
  /** Real ms to wait first. */
  delayMs: number;
  /** What goes wrong then; nothing, where there was only latency. */
  rule?: FaultRule;
}

const DEFAULT_LATENCY_MS = 100;

/** The faults that are switched on. */
export class Faults {
  readonly #rules: ArmedRule[] = [];

  constructor(rules: readonly FaultRule[] = []) {
    for (const rule of rules) this.add(rule);
  }

  /** Throws a `ZodError` where the rule makes no sense. */
  add(rule: FaultRule): void {
    const checked = faultRuleSchema.parse(rule);
    this.#rules.push({ rule: checked, random: createRandom(checked.seed ?? 1), seen: 0, fired: 0, on: true });
  }

  /** Switches every rule off. What they struck stays in `fired`. */
  clear(): void {
    for (const armed of this.#rules) armed.on = false;
  }

  /** Every rule there ever was, in the order they were added, with how often it struck. */
  fired(): FiredFault[] {
    return this.#rules.map(({ rule, fired }) => ({ rule, fired }));
  }

  /** What strikes this call now. All latencies add up; of the others the first that strikes is taken. */
  draw(point: FaultPoint, moment: FaultMoment, subject: string): DrawnFault {
    const drawn: DrawnFault = { delayMs: 0 };
    for (const armed of this.#rules) {
      const { rule } = armed;
      if (!armed.on || rule.on !== point || (strikesAfter(rule) ? 'after' : 'before') !== moment) continue;
      if (drawn.rule && rule.kind !== 'latency') continue;
      if (!strikes(armed, subject)) continue;
      drawn.delayMs += rule.latencyMs ?? (rule.kind === 'latency' ? DEFAULT_LATENCY_MS : 0);
      if (rule.kind !== 'latency') drawn.rule = rule;
    }
    return drawn;
  }
}

function strikes(armed: ArmedRule, subject: string): boolean {
  const { rule } = armed;
  if (rule.match !== undefined && !subject.includes(rule.match)) return false;
  if (armed.fired >= (rule.times ?? Number.POSITIVE_INFINITY)) return false;
  armed.seen += 1;
  if (armed.seen <= (rule.skip ?? 0)) return false;
  if (armed.random() >= (rule.probability ?? 1)) return false;
  armed.fired += 1;
  return true;
}
