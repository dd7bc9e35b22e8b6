import { createSluice, type ImportRequest, type ImportSnapshot, SluiceError } from '@sluice/core';
import { type ScriptedAnswer, type SentRequest, scriptedHttp, VirtualClock } from '@sluice/core/testing';
import { type ImportlySettings, importly } from '../src/index.js';
import { started } from './importly-subject.js';

export const apiKey = 'importly-key-0123456789';

/** When the clock of these tests starts: ISO 8601. */
export const dawn = '2025-01-15T12:00:00.000Z';

/** A client over a scripted Importly: starts, then everything else, each in its order, the last answer again and again. */
export function clientOf(
  script: { starts?: ScriptedAnswer[]; looks?: ScriptedAnswer[] },
  settings: Partial<ImportlySettings> = {},
) {
  const { starts = [started], looks = [] } = script;
  const sent = { starts: [] as SentRequest[], looks: [] as SentRequest[] };
  const http = scriptedHttp((request) => {
    const isStart = request.method === 'POST';
    const list = isStart ? sent.starts : sent.looks;
    const answers = isStart ? starts : looks;
    list.push(request);
    return answers[Math.min(list.length, answers.length) - 1] ?? { failure: 'reset' };
  });
  const clock = new VirtualClock(Date.parse(dawn));
  const providers = { media: importly({ apiKey, ...settings }) };
  return { sluice: createSluice({ providers, fetch: http.fetch, clock }), sent, clock };
}

/** Imports and waits for the end, however it is. */
export async function play(
  script: { starts?: ScriptedAnswer[]; looks?: ScriptedAnswer[] },
  request: Partial<ImportRequest> = {},
): Promise<{ snapshot: ImportSnapshot; error: SluiceError | undefined; sent: ReturnType<typeof clientOf>['sent'] }> {
  const { sluice, sent } = clientOf(script);
  try {
    const job = await sluice.import({ source: 'https://example.com/video.mp4', ...request });
    const error = await job.wait().then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (error !== undefined && !SluiceError.is(error)) throw error;
    return { snapshot: job.snapshot, error, sent };
  } finally {
    await sluice.close();
  }
}
