import * as z from 'zod';

const FAULT_POINTS = [
  // Importly's calls
  'start',
  'status',
  'metadata',
  'store',
  // Firework's
  'token',
  'signature',
  'multipart-signatures',
  'part',
  'form',
  'complete',
  'create',
  'import-status',
  'video',
  'update',
  'transcoding',
  // Video CDN's
  'add',
  'list',
  'delete',
  // TwelveLabs'
  'index',
  'import',
  'import-logs',
  'asset',
  'asset-list',
  'asset-status',
  'upload-session',
  'upload-urls',
  'upload-report',
  'upload-list',
  'index-asset',
  'indexed-status',
  'processing',
  'indexing',
  // what all of them do
  'download',
  'webhook',
] as const;

const FAULT_KINDS = [
  'latency',
  'rate-limit',
  'concurrency',
  'unauthorized',
  'not-found',
  'expired-signature',
  'error-408',
  'error-500-before',
  'error-500-after',
  'error-502',
  'error-503',
  'error-504',
  'reset-before',
  'reset-mid',
  'reset-after',
  'lost-answer',
  'not-json',
  'cut-body',
  'stall',
  'slow',
  'failure',
  'storage-silent-failure',
  'duplicate-delivery',
] as const;

/** Which of the calls: those that the emulator answers, or those that it makes itself. */
export type FaultPoint = (typeof FAULT_POINTS)[number];

/** What goes wrong; see the table in the package's README. */
export type FaultKind = (typeof FAULT_KINDS)[number];

/** What can go wrong with any JSON call. */
const ANSWERED: readonly FaultKind[] = [
  'latency',
  'rate-limit',
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

const OF_IMPORTLY: readonly FaultKind[] = [...ANSWERED, 'concurrency'];
const OF_FIREWORK: readonly FaultKind[] = [...ANSWERED, 'unauthorized', 'error-408'];

const OF_VIDEO_CDN: readonly FaultKind[] = [...ANSWERED, 'unauthorized'];
const OF_TWELVELABS: readonly FaultKind[] = [...ANSWERED, 'unauthorized'];

/** What can go wrong with bytes on their way into the object store. */
const OF_BYTES: readonly FaultKind[] = [
  'latency',
  'expired-signature',
  'error-408',
  'error-500-before',
  'error-500-after',
  'error-503',
  'reset-before',
  'reset-mid',
  'reset-after',
  'lost-answer',
  'stall',
  'slow',
];

/** The kinds that make sense at each point. */
const KINDS_AT: Record<FaultPoint, readonly FaultKind[]> = {
  start: OF_IMPORTLY,
  status: OF_IMPORTLY,
  metadata: OF_IMPORTLY,
  store: ['latency', 'storage-silent-failure'],
  token: OF_FIREWORK,
  signature: OF_FIREWORK,
  'multipart-signatures': OF_FIREWORK,
  part: OF_BYTES,
  form: OF_BYTES,
  complete: OF_FIREWORK,
  create: OF_FIREWORK,
  'import-status': OF_FIREWORK,
  video: OF_FIREWORK,
  update: OF_FIREWORK,
  transcoding: ['latency', 'stall', 'failure'],
  add: OF_VIDEO_CDN,
  list: OF_VIDEO_CDN,
  delete: OF_VIDEO_CDN,
  index: OF_TWELVELABS,
  import: [...OF_TWELVELABS, 'concurrency'],
  'import-logs': OF_TWELVELABS,
  asset: OF_TWELVELABS,
  'asset-list': OF_TWELVELABS,
  'asset-status': OF_TWELVELABS,
  'upload-session': OF_TWELVELABS,
  'upload-urls': OF_TWELVELABS,
  'upload-report': OF_TWELVELABS,
  'upload-list': OF_TWELVELABS,
  'index-asset': OF_TWELVELABS,
  'indexed-status': OF_TWELVELABS,
  processing: ['latency', 'stall', 'failure'],
  indexing: ['latency', 'stall', 'failure'],
  download: ['latency', 'stall', 'reset-before', 'cut-body'],
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
  /**
   * Real ms: how long `latency` waits, how long a `stall` of bytes lasts (for ever), and how long any other kind waits
   * before it strikes. Default 0 (latency: 100).
   */
  latencyMs?: number;
  /** Strikes only calls whose subject (source URL, job id, object key, receiver's URL) contains this text. */
  match?: string;
  /** How many bytes of a body come in before `reset-mid` or `stall` strikes. Default: half of it. */
  afterBytes?: number;
  /** How fast a `slow` body comes in, in bytes a real second. Default 1 MiB. */
  bytesPerSecond?: number;
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
    afterBytes: z.int().nonnegative().exactOptional(),
    bytesPerSecond: z.number().positive().exactOptional(),
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
