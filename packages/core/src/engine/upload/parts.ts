import type { OpenBytes } from '../../model/bytes.js';
import { SluiceError } from '../../model/error.js';
import { isNear } from '../../model/is-near.js';
import type { UploadRecord } from '../../model/record.js';
import type { ArrivedPart, SignedPart } from '../../model/upload.js';
import type { PartPlace, SendFailure } from '../../platform/byte-plane.js';
import type { Step } from '../step.js';
import { expectedDigest } from './expected.js';
import { awaitRetry, inSession, isSignatureRefused, isUploadUnknown, SignatureGone, UploadGone } from './failures.js';
import { TransferProgress } from './progress.js';
import { Reports } from './reports.js';
import { type UploadTarget, uploadTarget } from './target.js';

/** How long nothing may move before a part is sent again, in milliseconds. */
const idleTimeoutMs = 20_000;
const inFlight = 4;
/** A signature that ends so soon is not begun with, in milliseconds. */
const expiryMarginMs = 60_000;

/** The session of an upload in parts, as the record has it. */
export type PartsRecord = UploadRecord & Required<Pick<UploadRecord, 'session' | 'partSize'>>;

/**
 * Sends what is missing, in parallel; each part that fails is sent again alone. What arrived is reported where the provider asks for it.
 * @returns all parts in order, and the sha-256 of the whole
 */
export async function sendParts(
  step: Step,
  upload: PartsRecord,
  bytes: OpenBytes,
): Promise<{ parts: ArrivedPart[]; sha256?: string }> {
  const { engine } = step;
  const target = uploadTarget(step);
  const reports = new Reports(step, target, upload.session);
  const arrived = await arrivedParts(step, { upload, target, reports });
  const count = Math.max(1, Math.ceil(upload.size / upload.partSize));
  const missing = Array.from({ length: count }, (_, index) => index + 1).filter((number) => !arrived.has(number));
  const done = [...arrived.values()].reduce((sum, { size }) => sum + size, 0);
  const progress = new TransferProgress(step, { done, total: upload.size });
  const places = new Places(step, upload, target);
  const transferred = await engine.bytePlane.sendParts({
    bytes,
    partSize: upload.partSize,
    missing,
    inFlight: isNear(bytes) ? inFlight : 1,
    digest: wantsDigest(step, { upload, bytes, missing: missing.length, arrived: arrived.size }),
    idleTimeoutMs,
    signal: step.signals.stop.signal,
    moved: progress.moved,
    place: (number) => places.of(number),
    arrived: async (part) => {
      arrived.set(part.number, part);
      await engine.store.appendPart(step.record.id, part);
      await reports.add(part);
    },
    failed: (failure) => places.failed(failure),
  });
  await reports.finish();
  const parts = [...arrived.values()].sort((a, b) => a.number - b.number);
  const sha256 = transferred.sha256 ?? upload.sha256;
  return { parts, ...(sha256 !== undefined && { sha256 }) };
}

/**
 * When nothing is left to send, what was taken on the way still holds: the source is the same. To read again over a network what had
 * arrived before is worth it only where somebody expects a digest.
 */
function wantsDigest(
  step: Step,
  about: { upload: UploadRecord; bytes: OpenBytes; missing: number; arrived: number },
): boolean {
  if (about.missing === 0 && about.upload.sha256 !== undefined) return false;
  return about.bytes.far !== true || about.arrived === 0 || expectedDigest(step.record) !== undefined;
}

/** The saved ETags and the provider's list together: what the list does not show is reported, not sent again. */
async function arrivedParts(
  step: Step,
  { upload, target, reports }: { upload: PartsRecord; target: UploadTarget; reports: Reports },
): Promise<Map<number, ArrivedPart>> {
  const saved = await step.engine.store.parts(step.record.id);
  const known = new Map(saved.map((part) => [part.number, part]));
  const { list } = target;
  if (list === undefined) return known;
  const listed = await inSession(() => list(upload.session));
  for (const { number, size, etag = '', failed } of listed) {
    if (failed === true) known.delete(number);
    else if (!known.has(number)) known.set(number, { number, etag, size });
  }
  const told = new Set(listed.map(({ number }) => number));
  for (const part of known.values()) if (!told.has(part.number)) await reports.add(part);
  return known;
}

/** Where each part goes: signed at the start, or asked for in time. */
class Places {
  readonly #step: Step;
  readonly #upload: PartsRecord;
  readonly #target: UploadTarget;
  readonly #signed: Map<number, SignedPart>;
  /** Signed again once for a refusal; a second refusal is not about age. */
  readonly #renewed = new Set<number>();

  constructor(step: Step, upload: PartsRecord, target: UploadTarget) {
    this.#step = step;
    this.#upload = upload;
    this.#target = target;
    this.#signed = new Map((upload.signed ?? []).map((part) => [part.number, part]));
  }

  async of(number: number): Promise<PartPlace> {
    const known = this.#signed.get(number);
    const fresh = known !== undefined && !this.#expiresSoon(known) ? known : await this.#sign(number);
    return { url: fresh.url, headers: this.#upload.headers ?? {} };
  }

  async failed(failure: SendFailure & { number: number; attempt: number }): Promise<void> {
    if (isUploadUnknown(failure)) throw new UploadGone('the object store does not know the upload any more');
    if (!isSignatureRefused(failure)) return awaitRetry(this.#step, failure);
    if (this.#renewed.has(failure.number) || this.#target.sign === undefined) throw new SignatureGone(failure);
    this.#renewed.add(failure.number);
    this.#signed.delete(failure.number);
    await this.#sign(failure.number);
  }

  #expiresSoon(part: SignedPart): boolean {
    const { expiresAt } = part;
    return expiresAt !== undefined && expiresAt - expiryMarginMs <= this.#step.now && this.#target.sign !== undefined;
  }

  async #sign(number: number): Promise<SignedPart> {
    const { sign, name } = this.#target;
    if (sign === undefined) throw new SignatureGone();
    const numbers = this.#nextNumbers(number);
    const signed = await inSession(() => sign(this.#upload.session, numbers));
    for (const part of signed) this.#signed.set(part.number, part);
    const wanted = this.#signed.get(number);
    if (wanted !== undefined) return wanted;
    const message = `${name}: asked to sign part ${number}, it signed others`;
    throw new SluiceError({ code: 'protocol', message, provider: this.#step.provider.name });
  }

  /** A few at once, so that not every part costs a call. */
  #nextNumbers(number: number): number[] {
    const atOnce = 2 * inFlight;
    const count = Math.max(1, Math.ceil(this.#upload.size / this.#upload.partSize));
    const later = Array.from({ length: atOnce - 1 }, (_, index) => number + 1 + index);
    return [number, ...later.filter((next) => next <= count && !this.#signed.has(next))];
  }
}
