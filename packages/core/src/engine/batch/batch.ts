import type { ErrorFields } from '../../model/error.js';
import type { ImportSnapshot } from '../../model/record.js';
import type { ImportRequest } from '../../model/request.js';
import type { OpenCircuit } from '../circuits.js';

/** How a batch is worked. */
export interface BatchOptions {
  /** Stop: no further request is read, and those in hand are left as they are. */
  signal?: AbortSignal;
  /**
   * How many requests are in hand at most: read, and not over. Default 1,000. Among these, the higher priority goes first and every provider and
   * lane has its turn; a request as long as a book counts for several.
   */
  window?: number;
}

/** What became of one request of a batch. */
export type BatchOutcome<Request = ImportRequest> = {
  /** The request's place in the batch, from 0. */
  index: number;
  /** As it was given. */
  request: Request;
  /** What the request is known by, see {@link BatchIdentity}. Absent for what cannot be known again. */
  key?: string;
  /** The place of an earlier request of this batch with the same key; of a refusal with `conflict`, of one that writes to the same place. */
  sameAs?: number;
} & (
  | /** The job went to its end: completed, failed or canceled. */ { kind: 'ended'; snapshot: ImportSnapshot }
  | /** There was nothing to do: the store has such a job, and it is over. Nobody was asked. */ {
      kind: 'skipped';
      snapshot: ImportSnapshot;
      reason: string;
    }
  | /** There is no job: the request is wrong. */ { kind: 'refused'; error: ErrorFields }
  | /** The job is alive, and is followed no longer: the signal fired, or the provider will not say how it stands. */ {
      kind: 'left';
      snapshot: ImportSnapshot;
      error: ErrorFields;
    }
);

/** What a batch knows a request by. */
export interface BatchIdentity {
  /** Its own key, else a digest of provider, account, source, name and wishes. Absent for bytes that only this process has. */
  key?: string;
  /** Where it is written at the provider, where a name is a place: of two requests with one place, a batch refuses the second. */
  place?: string;
}

/** Where a batch stands now. */
export interface BatchStatus {
  /** Requests read so far. */
  read: number;
  /** All of them were read. */
  readAll: boolean;
  /** Jobs in hand, as they stand; at most so many as the window. */
  inHand: Iterable<ImportSnapshot>;
  /** In hand and not begun: they wait for those before them. */
  parked: number;
  /** Providers that do not answer: of their jobs, only one is tried now and then. */
  down: OpenCircuit[];
}

/** A batch on its way: outcomes in the order in which they come. To be read once; reading it is what moves it. */
export interface Batch<Request = ImportRequest> extends AsyncIterable<BatchOutcome<Request>> {
  /** Where it stands now. */
  status(): BatchStatus;
}
