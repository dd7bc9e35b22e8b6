import { baseUrlSchema, webUrlSchema } from '@sluice/core/adapter';
import * as z from 'zod';
import type { AnswerParser } from './answer-formats.js';

const word = z.string().min(1, 'must not be empty');
const path = z.string().regex(/^\//, 'must begin with a slash');

/** Of the API's paths only their style is public: `/CLASS/ACTION`. */
const pathsSchema = z.strictObject({
  add: path.default('/file/add'),
  list: path.default('/file/list'),
  delete: path.default('/file/delete'),
});

/**
 * How the parameters of calls are called. `size`, `chksum`, `fetch_prio`, `no_replace`, `protection`, `speed` and `buffer` are on the import
 * page, `location`, `name`, `fields`, `filter_full_name` and `otp` in other public texts; `callback` and `id` are a guess.
 */
const parametersSchema = z.strictObject({
  location: word.default('location'),
  name: word.default('name'),
  size: word.default('size'),
  checksum: word.default('chksum'),
  priority: word.default('fetch_prio'),
  noReplace: word.default('no_replace'),
  protection: word.default('protection'),
  speed: word.default('speed'),
  buffer: word.default('buffer'),
  callback: word.default('callback'),
  fields: word.default('fields'),
  nameFilter: word.default('filter_full_name'),
  id: word.default('id'),
  otp: word.default('otp'),
});

/** How the fields of a file are called: asked for by these names, and read by them. `id` and `status` are public, the others a guess. */
const fieldsSchema = z.strictObject({
  id: word.default('id'),
  name: word.default('full_name'),
  state: word.default('status'),
  size: word.default('size'),
  checksum: word.default('chksum'),
  url: word.default('url'),
  message: word.default('message'),
  /** In the answer to an add: what it did, in a word of {@link outcomeWords}. */
  outcome: word.default('result'),
});

/** What is appended to the callback URL: public. */
const callbackSchema = z.strictObject({
  status: word.default('status'),
  success: word.default('success'),
  fail: word.default('fail'),
  size: word.default('size'),
  sha256: word.default('sha-256'),
  message: word.default('message'),
});

/** Of the words for states only `failed` is public. */
const stateWords = {
  new: 'queued',
  queued: 'queued',
  waiting: 'queued',
  pending: 'queued',
  running: 'running',
  fetching: 'running',
  downloading: 'running',
  importing: 'running',
  processing: 'running',
  verifying: 'running',
  ready: 'completed',
  active: 'completed',
  completed: 'completed',
  done: 'completed',
  ok: 'completed',
  failed: 'failed',
  error: 'failed',
} as const;

const outcomeWords = {
  created: 'created',
  added: 'created',
  replaced: 'replaced',
  updated: 'replaced',
  existing: 'existing',
  exists: 'existing',
  identical: 'existing',
  unchanged: 'existing',
  kept: 'existing',
} as const;

const wordsSchema = z.strictObject({
  /** A refusal that holds one of these says that the name is taken. So does HTTP 409. */
  exists: z.array(word).default(['already exist', 'exists', 'identical', 'no_replace', 'not replaced', 'duplicate']),
  /** A refusal to list a name that holds one of these says that no file has it. */
  none: z.array(word).default(['no such file', 'file not found', 'no files']),
  /** A failure that holds one of these is about size or checksum. */
  mismatch: z
    .array(word)
    .default(['mismatch', 'differ', 'expected', 'wrong size', 'chksum', 'checksum', 'sha-256', 'sha256', 'integrity']),
});

const isParser = (value: unknown): value is AnswerParser => typeof value === 'function';

/** The settings of one Video CDN account. The provider's full manual is not public: what it would tell is a setting with a default. */
export const videoCdnSettingsSchema = z.object({
  login: z.string().regex(/^[^:\p{Cc}]+$/u, 'must be the login: not empty, no colon, no line ends'),
  password: z.string().regex(/^[^\p{Cc}]+$/u, 'must be the password: not empty, no line ends'),
  /** `basic`: HTTP Basic. `otp`: a one-time password of every call's own, so that the password itself never travels. */
  auth: z.enum(['basic', 'otp']).default('basic'),
  /** How long a one-time password may be used, in milliseconds: no less than the clocks here and there may differ. */
  otpLifetimeMs: z.int().min(1_000).default(300_000),
  baseUrl: baseUrlSchema('https://cp.ahcdn.com/api2'),
  paths: pathsSchema.prefault({}),
  parameters: parametersSchema.prefault({}),
  fields: fieldsSchema.prefault({}),
  callback: callbackSchema.prefault({}),
  /** The provider's words for states, besides the usual ones. A word that is not among them is running, with a stall deadline. */
  states: z
    .record(word, z.enum(['queued', 'running', 'completed', 'failed']))
    .default({})
    .transform((own) => ({ ...stateWords, ...own })),
  /** The words for what an add did, besides the usual ones. */
  outcomes: z
    .record(word, z.enum(['created', 'replaced', 'existing']))
    .default({})
    .transform((own) => ({ ...outcomeWords, ...own })),
  words: wordsSchema.prefault({}),
  /**
   * How answers are written: `json`; `form`, one file a line as `id=7&status=ready`; `lines`, a `name: value` a line and a blank line between
   * files; or a function that reads the text.
   */
  answers: z.union([z.enum(['json', 'form', 'lines']), z.custom<AnswerParser>(isParser)]).default('json'),
  /** Where files are delivered: with it, an asset has the URL of its file below it. Protected files need more than that. */
  deliveryUrl: webUrlSchema.transform((url) => url.replace(/\/+$/, '')).exactOptional(),
  /** How long after the add a file may be missing from the list, in milliseconds, before it counts as gone. */
  unlistedMs: z.int().min(0).default(60_000),
});

/** What `videoCdn(...)` takes, besides what every provider takes. */
export type VideoCdnSettings = z.input<typeof videoCdnSettingsSchema>;

/** The settings as the adapter works with them. */
export type ParsedSettings = z.output<typeof videoCdnSettingsSchema>;
