import * as z from 'zod';
import type { JsonAnswer } from '../faults/broken-answer.js';
import { refusal } from './answers.js';

/** What users may keep with a video or an asset: texts, numbers and booleans, and none of TwelveLabs' own keys. */
export const metadataSchema = z
  .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
  .refine(
    (metadata) => !Object.keys(metadata).some((key) => PREDEFINED.has(key)),
    'predefined metadata cannot be overridden',
  )
  .nullish();

const PREDEFINED = new Set(['duration', 'filename', 'fps', 'height', 'length', 'size', 'width']);

/** What is wrong with a body. */
export function invalid({ issues: [issue] }: z.ZodError): JsonAnswer {
  const name = issue?.path.join('.') ?? '';
  const message = name === '' ? 'The body must be an object' : `The ${name} parameter is invalid. ${issue?.message}`;
  return refusal(400, 'parameter_invalid', message);
}
