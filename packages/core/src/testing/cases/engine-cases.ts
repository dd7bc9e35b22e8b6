import assert from 'node:assert/strict';
import { createSluice } from '../../engine/create.js';
import type { Adapter } from '../../model/define-adapter.js';
import { type ErrorCode, SluiceError } from '../../model/error.js';
import type { ImportSnapshot } from '../../model/record.js';
import type { AdapterSubject, ConformanceCase } from '../adapter-subject.js';
import { assertJson } from '../expectations.js';
import { providerName, Rehearsal } from '../rehearsal.js';
import { scriptAuthorization } from '../scripted-authorization.js';
import { type ScriptedAnswer, type SentRequest, scriptedHttp } from '../scripted-http.js';
import { VirtualClock } from '../virtual-clock.js';

/** Whole jobs, carried by the engine. */
export function engineCases(subject: AdapterSubject): ConformanceCase[] {
  return [
    { name: 'carries a job from its start to its end', run: () => completes(subject) },
    { name: 'ends a job with the verdict of its provider', run: () => fails(subject) },
    { name: 'starts again after a refusal that did nothing', run: () => startsAgain(subject) },
    { name: 'never starts a job twice after an answer that was lost', run: () => startsOnce(subject) },
  ];
}

/** What came of a job. */
interface Played {
  snapshot: ImportSnapshot;
  /** The starts that were sent, and those that were taken. */
  starts: SentRequest[];
  error?: SluiceError;
}

/** Plays a job: starts are answered in their order, the last answer again and again, and so is everything else. */
async function play(
  subject: AdapterSubject,
  script: { starts: ScriptedAnswer[]; looks: ScriptedAnswer[] },
): Promise<Played> {
  const start = await startOf(subject);
  const starts: SentRequest[] = [];
  let looks = 0;
  const scripted = scriptAuthorization(subject).adapter;
  const { before, ready } = subject.samples;
  const watched = watchQuestions(scripted);
  const answer = (answers: ScriptedAnswer[], number: number) =>
    answers[Math.min(number, answers.length - 1)] ?? { failure: 'reset' as const };
  const http = scriptedHttp((request) => {
    const asking = watched.asking();
    const question = asking === undefined || asking === 'start' ? undefined : { before, ready }[asking];
    if (question !== undefined) return question;
    const isStart = asking === 'start' && request.method === start.method && request.path === start.path;
    if (!isStart) return answer(script.looks, looks++);
    starts.push(request);
    return answer(script.starts, starts.length - 1);
  });
  const { settings, request } = subject;
  const sluice = createSluice({
    providers: { [providerName]: { adapter: watched.adapter, settings } },
    fetch: http.fetch,
    clock: new VirtualClock(),
  });
  try {
    const job = await sluice.import({ ...request, provider: providerName });
    const error = await job.wait().then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    assert.ok(
      error === undefined || SluiceError.is(error),
      `a job must end with a SluiceError, not with ${String(error)}`,
    );
    return { snapshot: job.snapshot, starts, ...(error !== undefined && { error }) };
  } finally {
    await sluice.close();
  }
}

type Question = 'ready' | 'before' | 'start';

/** The adapter, and what it is just asking: where a provider has one address for all, calls do not tell a start from a look. */
function watchQuestions(adapter: Adapter): { adapter: Adapter; asking(): Question | undefined } {
  let asking: Question | undefined;
  const during = async <T>(question: Question, ask: () => Promise<T>): Promise<T> => {
    asking = question;
    try {
      return await ask();
    } finally {
      asking = undefined;
    }
  };
  const create = (settings: unknown) => {
    const members = adapter.create(settings);
    const { before, ready } = members;
    return {
      ...members,
      start: (...given: Parameters<typeof members.start>) => during('start', () => members.start(...given)),
      ...(before !== undefined && {
        before: (...given: Parameters<typeof before>) => during('before', () => before(...given)),
      }),
      ...(ready !== undefined && {
        ready: (...given: Parameters<typeof ready>) => during('ready', () => ready(...given)),
      }),
    };
  };
  return { adapter: { ...adapter, create }, asking: () => asking };
}

async function startOf(subject: AdapterSubject): Promise<SentRequest> {
  const rehearsal = new Rehearsal(subject, [subject.samples.started]);
  await rehearsal.start();
  const [sent] = rehearsal.script.sent;
  assert.ok(sent !== undefined, 'start must send something');
  return sent;
}

async function completes(subject: AdapterSubject): Promise<void> {
  const { started, pending, completed } = subject.samples;
  for (const last of completed) {
    const { snapshot, starts, error } = await play(subject, {
      starts: [started],
      looks: [...Object.values(pending), last],
    });
    assert.equal(error, undefined, `the job must complete: ${error?.message}`);
    assert.equal(snapshot.state, 'completed');
    assert.ok(snapshot.items.length > 0);
    assert.equal(starts.length, 1, 'a job is started once');
    assertJson(snapshot, 'the snapshot');
  }
}

async function fails(subject: AdapterSubject): Promise<void> {
  const { started, failed } = subject.samples;
  for (const verdict of failed) {
    const { snapshot, starts, error } = await play(subject, {
      starts: [started],
      looks: [{ status: 503, text: '' }, verdict],
    });
    assert.equal(snapshot.state, 'failed');
    assert.equal(snapshot.error?.code, error?.code);
    assert.equal(starts.length, 1, 'a verdict is never retried by itself');
  }
}

async function startsAgain(subject: AdapterSubject): Promise<void> {
  const { started, completed, rateLimited, refused = [] } = subject.samples;
  for (const refusal of [...rateLimited, ...refused, { failure: 'refused' } as const]) {
    const { snapshot, starts, error } = await play(subject, { starts: [refusal, started], looks: completed });
    assert.equal(snapshot.state, 'completed', `refused at first with ${JSON.stringify(refusal)}: ${error?.message}`);
    assert.equal(starts.length, 2, 'a start that did nothing is sent again');
  }
}

const lost: ScriptedAnswer[] = [
  { failure: 'reset' },
  { failure: 'silent' },
  { status: 502, text: '<html>Bad Gateway</html>' },
  { status: 504, text: '' },
  { json: { half: 'of it', and: 'more' }, cut: true },
  { text: '<html>Welcome</html>' },
];

async function startsOnce(subject: AdapterSubject): Promise<void> {
  const { capabilities } = subject.adapter;
  const { started, completed, recovered } = subject.samples;
  for (const answer of lost) {
    const looks = recovered === undefined ? completed : [...recovered.started, ...completed];
    const { snapshot, starts, error } = await play(subject, { starts: [answer, started], looks });
    const what = `a start, answered with ${JSON.stringify(answer)}`;
    if (capabilities.idempotentStart) {
      // What signs a call may be new with every attempt.
      const { sign } = subject.adapter.create(subject.settings).wire;
      const sent = starts.map(({ body, headers }) => JSON.stringify(sign === undefined ? [body, headers] : [body]));
      assert.equal(new Set(sent).size, 1, `${what}, must be repeated as it was`);
      assert.equal(snapshot.state, 'completed', `${what}: ${error?.message}`);
      continue;
    }
    assert.equal(starts.length, 1, `${what}, must not be sent again`);
    if (recovered !== undefined) continue;
    const expected: ErrorCode = 'unknown';
    assert.equal(error?.code, expected, `${what}, leaves the job unknown`);
  }
}
