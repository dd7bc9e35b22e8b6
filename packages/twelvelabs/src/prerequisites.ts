import type { MediaInfo } from '@sluice/core/adapter';
import * as z from 'zod';

const bound = z.number().positive().exactOptional();

/** What one model takes. What is left out is not checked. */
const modelSchema = z.strictObject({
  /** Pixels of the shorter side. */
  minShortSide: bound,
  maxShortSide: bound,
  /** Pixels of the longer side. */
  maxLongSide: bound,
  /** The longer side by the shorter one. */
  maxAspect: bound,
  minSeconds: bound,
  maxSeconds: bound,
  /** Of the file. */
  maxBytes: bound,
});

/** By the name of the model. */
export const prerequisitesSchema = z.record(z.string().min(1), modelSchema);

type ModelPrerequisites = z.output<typeof modelSchema>;

/** Of every model: 360x360 to 3840x2160 either way up, 1:1 to 2.4:1, from 4 s, up to 2 GB. */
const common = {
  minShortSide: 360,
  maxShortSide: 2_160,
  maxLongSide: 3_840,
  maxAspect: 2.4,
  minSeconds: 4,
  maxBytes: 2_000_000_000,
};

/** As TwelveLabs' public texts have them: up to 2 h, of Pegasus 60 minutes. */
export const publicPrerequisites: z.output<typeof prerequisitesSchema> = {
  marengo: { ...common, maxSeconds: 7_200 },
  pegasus: { ...common, maxSeconds: 3_600 },
};

/** What of a file breaks which rule. */
export interface BrokenRule {
  field: string;
  message: string;
}

/** What of a file these models would refuse, as far as it is known. */
export function brokenRules(
  file: { size?: number | undefined; media?: MediaInfo | undefined },
  models: readonly string[],
  table: z.output<typeof prerequisitesSchema>,
): BrokenRule[] {
  const broken = models.flatMap((model) =>
    rulesOf(table[model] ?? {}, file)
      .filter(({ ok }) => !ok)
      .map(({ field, must }) => ({ field, message: `${must}, or ${model} does not take it` })),
  );
  // Models that agree need not say it twice.
  return broken.filter(({ field }, index) => broken.findIndex((other) => other.field === field) === index);
}

interface Rule {
  field: string;
  ok: boolean;
  must: string;
}

function rulesOf(
  model: ModelPrerequisites,
  { size, media = {} }: { size?: number | undefined; media?: MediaInfo | undefined },
): Rule[] {
  const { durationSeconds: seconds, width, height } = media;
  const between = (value: number | undefined, least = 0, most = Number.POSITIVE_INFINITY) =>
    value === undefined || (value >= least && value <= most);
  const sides = width === undefined || height === undefined ? undefined : [width, height].sort((a, b) => a - b);
  const [short, long] = sides ?? [];
  const aspect = short === undefined || long === undefined ? undefined : long / short;
  return [
    {
      field: 'source.size',
      ok: between(size, 0, model.maxBytes),
      must: `has ${size} bytes and must have at most ${model.maxBytes}`,
    },
    {
      field: 'source.duration',
      ok: between(seconds, model.minSeconds, model.maxSeconds),
      must: `lasts ${seconds} s and must last ${model.minSeconds ?? 0} to ${model.maxSeconds ?? 'any'} s`,
    },
    {
      field: 'source.resolution',
      ok: between(short, model.minShortSide, model.maxShortSide) && between(long, 0, model.maxLongSide),
      must: `is ${width}x${height} and must be ${model.minShortSide}x${model.minShortSide} to ${model.maxLongSide}x${model.maxShortSide}`,
    },
    {
      field: 'source.aspect',
      ok: between(aspect, 0, model.maxAspect),
      must: `is ${width}x${height} and its sides must be 1:1 to ${model.maxAspect}:1`,
    },
  ];
}
