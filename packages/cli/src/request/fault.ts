import { usageError } from '../usage.js';

const shortForm = /^([a-z-]+):([a-z0-9-]+)(?::(?:(\d+)|(\d+(?:\.\d+)?)%))?$/;

/**
 * Reads a fault: `POINT:KIND`, `POINT:KIND:TIMES`, `POINT:KIND:PERCENT%`, or a rule in JSON. The emulator itself judges whether the
 * words make sense.
 * @throws SluiceError `invalid-request` when it is neither
 */
export function readFault(text: string): unknown {
  const [, on, kind, times, percent] = shortForm.exec(text) ?? [];
  if (on === undefined) return readJson(text);
  return {
    ...{ on, kind },
    ...(times !== undefined && { times: Number(times) }),
    ...(percent !== undefined && { probability: Number(percent) / 100 }),
  };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw usageError(
      `--fault takes POINT:KIND[:TIMES], such as start:lost-answer:1 or status:error-502:10%, or a rule in JSON`,
    );
  }
}
