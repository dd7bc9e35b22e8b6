import type { AdapterContext, Intent, Recovered } from '@sluice/core/adapter';
import { memoOf, outcomeOf, type Request, started } from './add-file.js';
import { filesNamed, isAnother } from './find-file.js';
import { readSeen } from './references.js';
import type { ParsedSettings } from './settings.js';

/**
 * What an add left that was never answered. Only a file that was not there before is proof of it. Without proof nothing is certain, since it
 * may still be listed later: the engine asks again until the job's deadline, and never adds twice.
 */
export async function recoverAdd(
  request: Request,
  intent: Intent,
  { context, settings }: { context: AdapterContext; settings: ParsedSettings },
): Promise<Recovered> {
  const before = readSeen(intent.before);
  const { name } = request;
  const [file] = await filesNamed(context.http, name, settings);
  if (file === undefined || (before != null && !isAnother(file, before))) return { found: 'unknown' };
  const memo = memoOf(request, context.now());
  const outcome = outcomeOf(file, memo, before);
  return { found: 'started', ...started({ name, file: file.id }, { ...memo, ...(outcome && { outcome }) }, file) };
}
