import {
  type Batch,
  type BatchOutcome,
  type BatchStatus,
  type ImportRequest,
  type Sluice,
  SluiceError,
} from '@sluice/core';
import { type BadRow, cellText, describeRow, isBad, type Row } from '../manifest/row.js';
import { type RowReading, requestOf } from '../manifest/row-request.js';
import { rivalWords } from './batch-words.js';
import { carriedFields, fieldsOf, type ResultFields, refusedFields } from './result-fields.js';
import type { ResultFile } from './result-file.js';
import type { RowEnding } from './row-ending.js';
import { RowNumbers } from './row-numbers.js';

/** What a run of rows is made of. */
export interface RunInput {
  sluice: Sluice;
  rows: () => AsyncIterable<Row | BadRow>;
  reading: RowReading;
  /** The providers that rows name: each has a pass of its own through the rows, so that none holds up another. One pass where there is none. */
  passes: (string | undefined)[] | undefined;
  signal: AbortSignal;
  result: ResultFile | undefined;
  ended: (ending: RowEnding) => void;
}

interface Known {
  row: Row;
  place: string;
}

/** Brings the rows of a manifest through `sluice.batch`, and says of each what became of it. */
export class ManifestRun {
  readonly #input: RunInput;
  readonly #batches: Batch[] = [];
  readonly #stop = new AbortController();

  constructor(input: RunInput) {
    this.#input = input;
  }

  /** Where all of it stands. */
  status(): BatchStatus {
    const all = this.#batches.map((batch) => batch.status());
    return {
      read: all.reduce((sum, { read }) => sum + read, 0),
      readAll: all.every(({ readAll }) => readAll),
      inHand: all.flatMap(({ inHand }) => [...inHand]),
      parked: all.reduce((sum, { parked }) => sum + parked, 0),
      down: all[0]?.down ?? [],
    };
  }

  /** @throws SluiceError what the store, the result or the manifest itself threw: then nothing is lost, and nothing goes on */
  async run(): Promise<void> {
    const passes: Pass[] = this.#input.passes ?? [everyProvider];
    const signal = AbortSignal.any([this.#input.signal, this.#stop.signal]);
    const settled = await Promise.allSettled(
      passes.map((provider, index) => this.#pass({ provider, first: index === 0, signal })),
    );
    const failed = settled.find((one) => one.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  async #pass(pass: { provider: Pass; first: boolean; signal: AbortSignal }): Promise<void> {
    const known = new WeakMap<ImportRequest, Known>();
    const numbers = new RowNumbers();
    const batch = this.#input.sluice.batch(this.#requests(pass, { known, numbers }), { signal: pass.signal });
    this.#batches.push(batch);
    try {
      for await (const outcome of batch) {
        const found = known.get(outcome.request);
        if (found !== undefined) this.#over(found, outcome, numbers);
      }
    } catch (error) {
      // What stops one stops all.
      this.#stop.abort();
      throw error;
    }
  }

  async *#requests(
    { provider, first }: { provider: Pass; first: boolean },
    { known, numbers }: { known: WeakMap<ImportRequest, Known>; numbers: RowNumbers },
  ): AsyncIterable<ImportRequest> {
    for await (const row of this.#input.rows()) {
      if (isBad(row)) {
        if (first) this.#refuse(row, { code: 'invalid-request', message: row.problem });
        continue;
      }
      const named = cellText(row.cells.provider);
      if (provider !== everyProvider && (named === '' ? undefined : named) !== provider) continue;
      const one = { row, place: this.#input.result?.place(row) ?? '' };
      if (this.#isCarried(one)) continue;
      const request = this.#read(one);
      if (request === undefined) continue;
      known.set(request, one);
      numbers.push(row.number);
      yield request;
    }
  }

  /** A result that is fed back in says itself what is done. */
  #isCarried(one: Known): boolean {
    const { cells } = one.row;
    if (cells.state !== 'completed' || cellText(cells.job) === '') return false;
    const reason = `completed before, as job ${cellText(cells.job)}: the manifest says so`;
    this.#end(one, { kind: 'skipped', reason }, carriedFields(cells));
    return true;
  }

  #read(one: Known): ImportRequest | undefined {
    try {
      return requestOf(one.row, this.#input.reading);
    } catch (error) {
      if (!SluiceError.is(error)) throw error;
      this.#refused(one, error);
      return undefined;
    }
  }

  #over(one: Known, outcome: BatchOutcome, numbers: RowNumbers): void {
    const sameAs = outcome.sameAs === undefined ? undefined : numbers.at(outcome.sameAs);
    switch (outcome.kind) {
      case 'refused':
        this.#refused(one, sameAs === undefined ? outcome.error : { ...outcome.error, message: rivalWords(sameAs) });
        return;
      case 'ended': {
        const { snapshot } = outcome;
        this.#end(one, { kind: 'ended', snapshot, sameAs, reason: sameReason(sameAs) }, fieldsOf(snapshot));
        return;
      }
      case 'skipped': {
        const { snapshot, reason } = outcome;
        this.#end(one, { kind: 'skipped', snapshot, sameAs, reason: sameReason(sameAs) ?? reason }, fieldsOf(snapshot));
        return;
      }
      case 'left':
        this.#end(
          one,
          { kind: 'left', snapshot: outcome.snapshot, error: outcome.error, sameAs },
          fieldsOf(outcome.snapshot),
        );
    }
  }

  #refused(one: Known, error: { code: SluiceError['code']; message: string; retry: SluiceError['retry'] }): void {
    if (this.#input.result?.isCompleted(one.place) === true) {
      // Its file may be gone by now: it is there all the same.
      this.#tell(one.row, { kind: 'skipped', reason: `completed before: the result says so (now: ${error.message})` });
      return;
    }
    this.#end(one, { kind: 'refused', error }, refusedFields(error));
  }

  /** A row that cannot be read has no columns to write. */
  #refuse({ number, line, problem }: BadRow, error: { code: 'invalid-request'; message: string }): void {
    const row = { number, line, cells: {} };
    const place = this.#input.result?.place({ ...row, cells: { 'x.line': String(line), 'x.problem': problem } }) ?? '';
    this.#end(
      { row, place },
      { kind: 'refused', error: { ...error, retry: 'never' } },
      refusedFields({ ...error, message: `${describeRow(row)}: ${problem}` }),
    );
  }

  #end(one: Known, ending: Omit<RowEnding, 'number' | 'line' | 'name'>, fields: ResultFields): void {
    this.#input.result?.write(one.row, one.place, fields);
    this.#tell(one.row, ending);
  }

  #tell({ number, line, cells }: Row, ending: Omit<RowEnding, 'number' | 'line' | 'name'>): void {
    const name = ending.snapshot?.name ?? cellText(cells.name);
    this.#input.ended({ number, line, name, ...ending });
  }
}

const everyProvider = Symbol('every provider');
type Pass = string | undefined | typeof everyProvider;

function sameReason(sameAs: number | undefined): string | undefined {
  return sameAs === undefined ? undefined : `the same as row ${sameAs}`;
}
