import { SluiceError } from '../../model/error.js';
import { assertNoErrors, type Intake } from '../intake.js';

/** A request that is wrong: an outcome of its own, not the batch's end. */
export class Refusal extends Error {
  readonly key: string | undefined;
  readonly sameAs: number | undefined;
  override readonly cause: SluiceError;

  constructor(cause: SluiceError, about: { key?: string | undefined; sameAs?: number } = {}) {
    super(cause.message);
    this.cause = cause;
    this.key = about.key;
    this.sameAs = about.sameAs;
  }
}

/** Runs what looks at a request. @throws Refusal in place of its errors */
export function refusing<Result>(read: () => Result, key?: string): Result {
  try {
    return read();
  } catch (error) {
    throw SluiceError.is(error) ? new Refusal(error, { key }) : error;
  }
}

/** @throws SluiceError for the first problem that is an error */
export function sound(intake: Intake): Intake {
  assertNoErrors(intake);
  return intake;
}

/** Another request writes to the same place at the provider. */
export function rivalError(rival: number, { provider }: Intake): SluiceError {
  const message = `name: request ${rival + 1} of this batch has the same place at ${provider.name}, and one would overwrite the other; give each a name of its own`;
  return new SluiceError({ code: 'conflict', message, provider: provider.name });
}
