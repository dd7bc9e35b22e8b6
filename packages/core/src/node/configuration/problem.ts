import { isAbsolute, relative } from 'node:path';
import { type ErrorCode, SluiceError } from '../../model/error.js';

/** Where a configuration is wrong: the file, and the path of the field within it. */
export interface Place {
  /** Absolute path. */
  file: string;
  /** Such as `providers.shop.apiKey`; left out when the whole file is meant. */
  field?: string;
}

/** The error for a configuration: one line with the file, the field, the rule and the way out. */
export function configurationProblem(
  place: Place,
  message: string,
  options: { code?: ErrorCode; cause?: unknown } = {},
): SluiceError {
  const words = [displayFile(place.file), place.field, firstLine(message)].filter((word) => word !== undefined);
  return new SluiceError({ code: options.code ?? 'invalid-request', message: words.join(': '), cause: options.cause });
}

/** A path as a person would type it: relative when it lies below the working directory. */
function displayFile(file: string): string {
  const path = relative(process.cwd(), file);
  return path === '' || path.startsWith('..') || isAbsolute(path) ? file : path;
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? text;
}
