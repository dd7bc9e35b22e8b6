import * as z from 'zod';

const FAULT_POINTS = ['start', 'status', 'metadata', 'download', 'store', 'webhook'] as const;

const FAULT_KINDS = [
  'latency',
  'rate-limit',
  'concurrency',
  'not-found',
  'error-500-before',
  'error-500-after',
  'error-502',
  'error-503',
  'error-504',
  'reset-before',
  'reset-after',
  'lost-answer',
  'not-json',
  'cut-body',
  'stall',
  'storage-silent-failure',
  'duplicate-delivery',
] as const;

/** Which of the calls: those that the emulator answers (the first three) or those that it makes itself. */
export type FaultPoint = (typeof FAULT_POINTS)[number];

/** What goes wrong; see the table in the package's README. */
export type FaultKind = (typeof FAULT_KINDS)[number];

const ANSWERED: readonly FaultKind[] = [
  'latency',
  'rate-limit',
  'concurrency',
  'not-found',
  'error-500-before',
  'error-500-after',
  'error-502',
  'error-503',
  'error-504',
  'reset-before',
  'reset-after',
  'lost-answer',
  'not-json',
  'cut-body',
];

/** The kinds that make sense at each point. */
const KINDS_AT: Record<FaultPoint, readonly FaultKind[]> = {
  start: ANSWERED,
  status: ANSWERED,
  metadata: ANSWERED,
  download: ['latency', 'stall', 'reset-before', 'cut-body'],
  store: ['latency', 'storage-silent-failure'],
  webhook: ['latency', 'reset-before', 'lost-answer', 'duplicate-delivery'],
};

/** The kinds that strike once the call has had its effect. */
const AFTER: readonly FaultKind[] = [
  'error-500-after',
  'error-504',
  'reset-after',
  'lost-answer',
  'not-json',
  'cut-body',
];

/** One rule of what goes wrong, when, and how often. */
export interface FaultRule {
  on: FaultPoint;
  kind: FaultKind;
  /** How many times it strikes; without end where it isn't said. */
  times?: number;
  /** How many matching calls it lets pass first. Default 0. */
  skip?: number;
  /** How likely it strikes a matching call, from 0 to 1. Default 1. */
  probability?: number;
  /** Where the rule's random numbers start: the same seed strikes the same calls. Default 1. */
  seed?: number;
  /** Real ms: how long `latency` waits, and how long any other kind waits before it strikes. Default 0 (latency: 100). */
  latencyMs?: number;
  /** Strikes only calls whose subject (source URL, job id, object key, receiver's URL) contains this text. */
  match?: string;
  /** Of answered calls: whether the call has its effect before the fault. Default: what the kind says. */
  accepted?: boolean;
}

/** Reads a rule that came from outside. */
export const faultRuleSchema = z
  .strictObject({
    on: z.enum(FAULT_POINTS),
    kind: z.enum(FAULT_KINDS),
    times: z.int().positive().exactOptional(),
    skip: z.int().nonnegative().exactOptional(),
    probability: z.number().min(0).max(1).exactOptional(),
    seed: z.int().exactOptional(),
    latencyMs: z.number().nonnegative().exactOptional(),
    match: z.string().min(1).exactOptional(),
    accepted: z.boolean().exactOptional(),
  })
  .check((context) => {
    const { on, kind } = context.value;
    if (KINDS_AT[on].includes(kind)) return;
    context.issues.push({
      code: 'custom',
      path: ['kind'],
      message: `no such fault on ${on}: ${kind}`,
      input: context.value,
    });
  });

/** Whether the rule strikes after the call has had its effect. */
export function strikesAfter(rule: FaultRule): boolean {
  return rule.accepted ?? AFTER.includes(rule.kind);
}
