import { type ImportPlan, type ImportRequest, type Sluice, SluiceError } from '@sluice/core';
import { usageError } from '../usage.js';

/**
 * What would become of a request.
 * @throws SluiceError as `plan` does; where a text was wanted and the value happened to be JSON, the message says how to write it
 */
export async function lookOver(
  sluice: Sluice,
  request: ImportRequest,
  options: { probe?: boolean; signal?: AbortSignal } = {},
): Promise<ImportPlan> {
  try {
    return await sluice.plan(request, options);
  } catch (error) {
    const wantsText = SluiceError.is(error) && /^(options|metadata)\..*expected string, received/.test(error.message);
    if (!wantsText) throw error;
    throw usageError(`${error.message}; a value that reads as JSON is JSON, so quote a text twice: NAME='"2024"'`);
  }
}
