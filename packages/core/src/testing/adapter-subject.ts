import type { NeutralField } from '../model/capabilities.js';
import type { Adapter } from '../model/define-adapter.js';
import type { JsonObject, JsonValue } from '../model/json.js';
import type { ImportRequest } from '../model/request.js';
import type { Scheme } from '../model/source.js';
import type { ScriptedAnswer } from './scripted-http.js';

/** A webhook delivery as the provider would send it. */
export interface SampleDelivery {
  /** Default `POST`. */
  method?: string;
  /** Of the URL it comes to. */
  query?: Record<string, string>;
  /** It comes to the job's own callback URL, whose token the engine verifies: it need not name the job. */
  toJob?: boolean;
  headers?: Record<string, string>;
  body: string;
  /** The reference that it names, where a later effect left it and not the start. */
  ref?: JsonValue;
  /** Settings in place of the subject's, such as one with a secret. */
  settings?: JsonObject;
}

/** What the provider answers while bytes are brought to it. */
export interface UploadSamples {
  /** To a begin, by the name of the way; none for a way whose begin makes no call. */
  begun: Record<string, ScriptedAnswer>;
  /** To the completion of an upload in parts; needed where a way has that shape, and its completion makes a call. */
  completed?: ScriptedAnswer;
  /** To the start that makes something of what was uploaded; needed unless every form is itself the start. May be a job that is over. */
  started?: ScriptedAnswer;
  /** To a form that is itself the start; needed where the adapter reads it. */
  answered?: ScriptedAnswer;
  /** To the signing of parts 1 and 2; needed where the adapter signs parts again. */
  signed?: ScriptedAnswer;
  /** To the calls of a list, in order; needed where the adapter lists parts. */
  listed?: ScriptedAnswer[];
  /** To a report of parts 1 and 2; needed where the adapter reports. */
  reported?: ScriptedAnswer;
  /** To the end of an upload that is not completed; needed where the adapter ends one. */
  aborted?: ScriptedAnswer;
}

/** A later call that counts, from the look that asks for it to its end. */
export interface EffectSample {
  /** A request that leads to it, where the subject's own does not. */
  request?: ImportRequest;
  /** To the look after which it is due. */
  asked: ScriptedAnswer;
  /** What that look's `next` gives it. */
  input: JsonValue;
  /** To the call itself. */
  answer: ScriptedAnswer;
  /** To a look at what it left behind, once that is completed. */
  completed: ScriptedAnswer;
  /** To the calls of a recovery of it, in order; needed where the adapter recovers it. */
  recovered?: { started: ScriptedAnswer[]; nothing?: ScriptedAnswer[] };
}

/** An import of a connected bucket that the job's own files were put into first. */
export interface PutSample {
  /** A request for the import, where the subject's own with a made-up bucket will not do. */
  request?: ImportRequest;
  /** Their names: fewer than the import takes along. */
  files: string[];
  /** To the start. */
  started: ScriptedAnswer;
  /** To a look at it when it is over; a file or two may have failed. */
  completed: ScriptedAnswer;
  /** To the calls of a recovery of the job `job-1`, in order; needed where the adapter recovers it. */
  recovered?: ScriptedAnswer[];
}

/** What the provider answers, as its documentation shows it: plain data, no code. */
export interface AdapterSamples {
  /** To the question of the member `before`, what is there before a start; needed where the adapter has it. */
  before?: ScriptedAnswer;
  /** To the question of the member `ready`, where nothing stands in the way of a start, and where something does; needed where the adapter has it. */
  ready?: ScriptedAnswer;
  notReady?: ScriptedAnswer;
  /** To a start that it accepts. */
  started: ScriptedAnswer;
  /** To a look at a job that is not over: by the provider's word for it, every word that the adapter knows. */
  pending: Record<string, ScriptedAnswer>;
  /** To a look at a job that is completed, in every shape that there is. */
  completed: ScriptedAnswer[];
  /** To a look at a job that failed. */
  failed: ScriptedAnswer[];
  /** To a look, with a word that nobody knows. */
  unknownWord: { word: string; answer: ScriptedAnswer };
  /** To the call for an authorization; needed where the wire fetches one. */
  authorized?: ScriptedAnswer;
  /** To credentials that it refuses. */
  unauthorized: ScriptedAnswer;
  /** To one call, or one job, too many: every form that there is. */
  rateLimited: ScriptedAnswer[];
  /** To a start, with a 5xx and the word that nothing was done: such a start may be repeated. */
  refused?: ScriptedAnswer[];
  /** Of each later effect, by its name; needed where the adapter has some. */
  effects?: Record<string, EffectSample>;
  /** To a cancellation; needed where the adapter cancels. */
  canceled?: ScriptedAnswer;
  /** To the calls of a recovery of the job `job-1`, in order; needed where the adapter recovers. */
  recovered?: { started: ScriptedAnswer[]; nothing?: ScriptedAnswer[] };
  /** To a probe; needed where the adapter probes. `pending` and `failed` where a probe takes more than one call. */
  probe?: { started: ScriptedAnswer; pending?: ScriptedAnswer; done?: ScriptedAnswer; failed?: ScriptedAnswer };
  /** Needed where the adapter takes bytes. */
  upload?: UploadSamples;
  /** Needed where the adapter imports from connected buckets. */
  put?: PutSample;
  /** Deliveries about the job that `started` names; needed where the adapter reads webhooks. */
  webhook?: { genuine: SampleDelivery[]; forged: SampleDelivery[] };
}

/** An adapter under test, with all that the cases need to know of it. */
export interface AdapterSubject {
  adapter: Adapter;
  /** Valid settings with every credential that the adapter takes; the cases never reach a network. */
  settings: JsonObject;
  /** Secret texts in the settings under names that do not sound secret. */
  secrets?: string[];
  /** A request that the adapter takes, with its options in use; with `expect.size` where the adapter needs the size: nothing is measured. */
  request: ImportRequest;
  /** One source for each scheme or kind that the adapter declares, where the made-up ones will not do. */
  sources?: Partial<Record<Scheme | 'integration', ImportRequest['source']>>;
  /** A request from bytes for each way in which the adapter takes them, by the way's name: nothing is read of them. */
  uploads?: Record<string, ImportRequest>;
  /** A request in which the neutral field makes a difference, for each field that the adapter honours. */
  honoured?: Partial<Record<NeutralField, ImportRequest>>;
  samples: AdapterSamples;
}

/** One case of a suite: `run` rejects when the subject breaks the rule that `name` says, with an AssertionError that shows how. */
export interface ConformanceCase {
  name: string;
  run(): Promise<void>;
}
